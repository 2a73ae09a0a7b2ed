// The one script a site loads: <script src="https://.../widget/webchat.js" defer data-...></script>
// Everything else comes from the same address, and nothing from anywhere else.
(() => {
  const { src, dataset } = document.currentScript;
  const base = new URL(".", src).href;
  // On a bad connection again; meanwhile the contacts in the page's own HTML stay.
  const begin = (tries) => Promise.all(["element", "panel", "messages", "api"].map((part) => import(`${base}${part}.js`)))
    .then(([element]) => element.start(base, { ...dataset }))
    .catch(() => tries && setTimeout(begin, 3000, tries - 1));
  begin(3);
})();

// What the person sees around the conversation: the bar with the ways out, the contacts that always stand there, the box.
import { Log, h, icon, rows } from "./messages.js";

export function buildPanel(options) {
  const { words, cards, mode } = options;
  const live = h("div", { class: "unseen", role: "status" });
  const say = (text) => {
    const line = h("p", {}, text);
    live.append(line);
    setTimeout(() => line.remove(), 5000);
  };
  const tool = (name, click, classes = "") => h("button", { type: "button", class: `tool ${classes}`, click }, words[name]);

  const toast = h("button", { type: "button", class: "toast", hidden: true }, words.new_messages);
  const list = h("ol", { class: "log" });
  const start = h("div", { class: "start" },
    h("div", {}, h("h2", { class: "greeting" }, options.greeting), h("p", {}, words.what)),
    rows(cards, words),
    h("details", { class: "private" }, h("summary", {}, words.private), h("ul", {}, ...words.private_text.map((line) => h("li", {}, line))),
      h("p", {}, h("a", { class: "quiet", href: options.privacy, target: "_blank", rel: "noreferrer noopener", referrerpolicy: "no-referrer" }, `${words.private_more} `, h("span", { class: "unseen" }, words.new_tab)))),
    h("p", {}, ...options.languages.map(({ code, language }) => h("button", { type: "button", class: "quiet", lang: code, click: () => options.language(code) }, language))));
  const main = h(mode === "page" ? "main" : "section", { class: "main", tabindex: 0, "aria-label": `${options.heading}: ${words.conversation}` }, start, list);
  const log = new Log({ words, list, scroller: main, toast, say, pick: options.pick });
  const net = h("p", { class: "net", hidden: true }, words.offline);
  const composer = new Composer(options, toast, net);

  const heading = h(mode === "page" ? "h1" : "h2", { id: "heading", tabindex: -1 }, options.heading);
  const bar = h("header", { class: "bar" },
    h("div", { class: "title" }, h("span", { class: "mark" }, icon("lamp")), heading),
    h("div", { class: "tools" },
      tool("numbers", () => { main.scrollTop = 0; start.querySelector("a")?.focus(); }, "later"),
      tool("clear", options.clear, "later"),
      tool("hide", options.hide)),
    h("a", {
      class: "leave", href: options.exit, title: words.leave_hint, rel: "nofollow noreferrer noopener", referrerpolicy: "no-referrer",
      click: (event) => {
        event.preventDefault();
        options.leave();
      },
    }, words.leave));
  const room = h(mode === "page" ? "div" : "section", { class: "room", "aria-labelledby": mode !== "page" && "heading", role: mode === "launcher" && "dialog" }, bar, main, composer.form);
  room.addEventListener("say", ({ detail }) => say(detail));
  room.addEventListener("keydown", ({ key, isComposing }) => { if (key === "Escape" && !isComposing) options.hide(); });

  const opener = h("button", { type: "button", class: "opener", click: options.show }, icon("chat"), mode === "launcher" ? words.title : words.show);
  const cover = mode === "page" ? h("main", { hidden: true }, h("h1", {}, opener)) : opener;
  const blank = h("div", { class: "blank", hidden: true });
  const panel = h("div", { class: `sgc ${mode}`, dir: "ltr", lang: options.lang }, room, cover, live, blank);
  tint(panel, options.color);
  fitKeyboard(panel);

  return {
    panel, log, composer, say, blank, exit: options.exit,
    started(yes) {
      panel.classList.toggle("started", yes);
      if (!yes) live.replaceChildren();
    },
    // On a touch screen the keyboard would cover the contacts.
    focus: () => (matchMedia("(pointer: fine)").matches ? composer.box : heading).focus(),
    shown(yes) {
      room.hidden = !yes;
      cover.hidden = yes;
      panel.classList.toggle("closed", !yes);
    },
    opener,
    offline(yes) {
      if (yes !== net.hidden) return;
      net.hidden = !yes;
      say(yes ? words.offline : words.online);
    },
  };
}

/** The site's own colour, with black or white on it, whichever is read more easily. */
function tint(panel, color) {
  if (!/^#[\da-f]{6}$/i.test(color)) return;
  const [red, green, blue] = [1, 3, 5].map((place) => (parseInt(color.slice(place, place + 2), 16) / 255) ** 2.2);
  panel.style.setProperty("--brand", color);
  panel.style.setProperty("--on-brand", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff");
}

/** Keeps the box above the on-screen keyboard where the browser lays the keyboard over the page. */
function fitKeyboard(panel) {
  const view = window.visualViewport;
  const fit = () => {
    if (view.scale > 1.01) return; // enlarged by the fingers: not the keyboard
    panel.style.setProperty("--seen", `${view.height}px`);
    panel.style.setProperty("--above", `${view.offsetTop}px`);
  };
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);
}

const LIMIT = 2000;
// No history of what was typed, no spelling or writing service, no password manager, no translation.
const PRIVATE = {
  autocomplete: "off", autocorrect: "off", spellcheck: "false", writingsuggestions: "false", translate: "no",
  "data-gramm": "false", "data-lt-active": "false", "data-lpignore": "true", "data-1p-ignore": true,
};

/** The box: it grows, counts near the limit, and never cuts a text off. */
class Composer {
  constructor({ words, send, heading }, ...above) {
    this.words = words;
    this.send = send;
    this.box = h("textarea", { id: "box", rows: 1, dir: "auto", enterkeyhint: "send", placeholder: words.placeholder, "aria-describedby": "hint count", ...PRIVATE });
    this.count = h("p", { id: "count", class: "count" });
    this.form = h("form", { class: "foot", "aria-label": `${heading}: ${words.box}`, autocomplete: "off" }, ...above,
      h("label", { for: "box", class: "unseen" }, words.box),
      h("div", { class: "field" }, this.box, h("button", { class: "send" }, icon("send"), words.send)),
      this.count,
      h("p", { id: "hint", class: "hint" }, words.umbrella));
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.form.addEventListener("submit", submit);
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event); });
  }

  get text() {
    return this.box.value;
  }

  set text(value) {
    this.box.value = value;
    this.#changed();
  }

  #submit() {
    const text = this.text.trim();
    this.box.focus();
    if (this.#left() < 0) this.box.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: this.count.textContent }));
    if (!text || this.#left() < 0) return;
    this.text = "";
    this.send(text);
  }

  #left() {
    return LIMIT - [...this.text.trim()].length;
  }

  #changed() {
    const { box, count, words } = this;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 4}px`;
    const left = this.#left();
    count.textContent = left > 200 ? "" : left < 0 ? words.too_long.replace("{n}", -left) : words.left.replace("{n}", left);
    count.classList.toggle("over", left < 0);
    box.setAttribute("aria-invalid", left < 0);
  }
}

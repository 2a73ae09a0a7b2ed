// What is shown in the conversation: contacts, cards, bubbles, choices. Text is only ever set as text; no message is read as HTML.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

const PATHS = {
  phone: "M6 3h3l2 5-2 2a12 12 0 0 0 5 5l2-2 5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z",
  chat: "M4 5h16v11H10l-5 4v-4H4Z",
  go: "M13 4h7v7M20 4 10 14M17 14v6H4V7h6",
  copy: "M9 9h11v11H9ZM5 15H4V4h11v1",
  sound: "M4 9v6h4l5 4V5L8 9ZM17 9a4 4 0 0 1 0 6",
  send: "M4 12h15M13 6l6 6-6 6",
  lamp: "M12 2v2M8 8h8l2 10H6ZM9 8a3 4 0 0 1 6 0M6 21h12M12 11c3 3 0 5 0 5s-3-2 0-5Z",
};
const ICONS = { phone: "phone", relay: "phone", chat: "chat", text: "chat" };

export function icon(name) {
  const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const [svg, path] = [make("svg"), make("path")];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const unseen = (text) => h("span", { class: "unseen" }, text);
const list = (value) => (Array.isArray(value) ? value : []);
const button = (classes, click, ...children) => h("button", { type: "button", class: classes, click }, ...children);

// ---- contacts

const SAFE = /^(https?:\/\/|tel:[+\d]|sms:[+\d]|mailto:[^?]+@)/i;
const EMERGENCY = "emergency_999";

/** The contacts written in HTML inside an element (contacts.html.j2): the help that needs no server. */
export const readCards = (element) => [...element.querySelectorAll("[data-service]")].map((row) => ({
  id: row.dataset.service,
  name: row.querySelector("[data-name]").textContent,
  line: row.querySelector("[data-line]").textContent,
  contacts: [...row.querySelectorAll("[data-kind]")].map((anchor) => ({
    kind: anchor.dataset.kind, label: anchor.textContent.trim(), display: anchor.textContent.trim(), href: anchor.getAttribute("href"),
  })),
}));

function link({ kind, href }, label, classes, words, name) {
  if (!SAFE.test(href)) return h("span", {}, label);
  const web = /^http/i.test(href);
  return h("a", { class: classes, href, target: web && "_blank", rel: "noreferrer noopener", referrerpolicy: "no-referrer" },
    icon(ICONS[kind] || "go"), h("span", {}, name && unseen(`${name}: `), label, web && unseen(` ${words.new_tab}`)));
}

/** The short list: of each service its name, whom it is for, and at most a number and a way without a call. */
export const rows = (cards, words) => h("ul", { class: "rows" }, ...cards.map(({ id, name, line, contacts }) => {
  const call = contacts.find(({ kind }) => kind === "phone");
  const write = contacts.find(({ kind }) => words.brief[kind]);
  return h("li", { class: `row ${id === EMERGENCY ? "danger" : ""}` },
    h("p", { class: "who" }, h("strong", {}, name), " ", h("span", {}, words.short[id] ?? line)),
    h("p", { class: "reach" }, call && link(call, call.display, "pill", words, name), write && link(write, words.brief[write.kind], "pill", words, name)));
}));

/** 999 fills the width in red when it is happening now; otherwise it is one small row. */
function fullCard({ id, name, line, urgent, cost, hours, access, contacts }, words) {
  contacts = list(contacts);
  if (id === EMERGENCY && !urgent) {
    return h("article", { class: "card small" }, h("p", { class: "who" }, h("span", {}, words.danger_now), contacts[0] && way(contacts[0], words)));
  }
  return h("article", { class: `card ${urgent ? "urgent" : ""}` },
    h("h3", {}, name),
    h("p", { class: "line" }, line),
    h("ul", { class: "ways" }, ...contacts.map((contact, place) => h("li", {}, way(contact, words, !place)))),
    ...[cost, hours, ...list(access)].filter(Boolean).map((fact) => h("p", { class: "facts" }, fact)));
}

function way(contact, words, first) {
  const { kind, label, display } = contact;
  const verb = label ?? words.kind[kind] ?? "";
  const number = ["phone", "text", "email", "relay"].includes(kind);
  const anchor = link(contact, number ? `${verb} ${display}` : verb, first ? "pill first" : kind === "web" ? "quiet" : "pill", words);
  // A short number is sooner read than copied.
  return number && kind !== "relay" && display.length > 3 ? h("span", {}, anchor, copyButton(display, words)) : anchor;
}

function copyButton(text, words) {
  const label = h("span", {}, words.copy);
  return button("tool", async (event) => {
    const { target } = event;
    label.textContent = await Promise.resolve().then(() => navigator.clipboard.writeText(text)).then(() => words.copied, () => words.not_copied);
    target.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: label.textContent }));
    setTimeout(() => { label.textContent = words.copy; }, 3000);
  }, icon("copy"), label, unseen(` ${text}`));
}

// ---- reading aloud, only with a voice that is on the device: a network voice would send the words to another company

const synthesis = window.speechSynthesis;
const voice = () => synthesis?.getVoices().find(({ localService, lang }) => localService && lang.startsWith("en"));
voice(); // the first call makes the browser look for voices
export const stopReading = () => synthesis?.cancel();

function readAloud(text, words, say) {
  if (!voice()) return null;
  const label = h("span", {}, words.listen);
  let state = "listen";
  const become = (next) => {
    state = next;
    label.textContent = words[next];
  };
  return button("quiet", () => {
    stopReading();
    if (state === "listen") {
      become("listen_first");
      say(words.listen_first);
    } else if (state === "listen_stop") {
      become("listen");
    } else {
      const speech = new SpeechSynthesisUtterance(text);
      speech.voice = voice();
      speech.onend = speech.onerror = () => become("listen");
      synthesis.speak(speech);
      become("listen_stop");
    }
  }, icon("sound"), label);
}

// ---- the conversation

const clock = () => h("small", {}, new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));

export class Log {
  /** `say(text)` announces to a screen reader; `pick(choice)` is called for a choice; `toast` is the "new messages" button. */
  constructor({ words, list, scroller, toast, say, pick }) {
    Object.assign(this, { words, list, scroller, toast, say, pick });
    this.waiting = h("li", { class: "bot" }, unseen(words.typing), h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
    toast.addEventListener("click", () => this.#scrollTo(this.newest));
    scroller.addEventListener("scroll", () => { toast.hidden ||= this.#atEnd(); }, { passive: true });
  }

  clear() {
    this.list.replaceChildren();
    this.toast.hidden = true;
  }

  /** Shows what the person said; the function given back marks it as not sent. */
  you(text) {
    for (const old of this.list.querySelectorAll(".choice")) {
      old.setAttribute("aria-disabled", "true");
      old.tabIndex = -1;
    }
    const time = clock();
    const item = h("li", { class: "you" }, unseen(`${this.words.you}: `), h("p", { class: "bubble", dir: "auto" }, text), time);
    this.list.append(item);
    this.#scrollTo(item);
    return () => {
      item.classList.add("failed");
      time.textContent = this.words.not_sent;
    };
  }

  typing(on) {
    if (!on) this.waiting.remove();
    else {
      this.list.append(this.waiting);
      this.#scrollTo(this.waiting);
    }
  }

  /** Shows the messages of one reply; false where there was nothing to show. */
  reply(messages) {
    const { words } = this;
    const aloud = [];
    const body = messages.map((message) => {
      const { type, text = "", services, choices } = message ?? {};
      if (type === "text" && text) {
        aloud.push(text);
        return h("div", { class: "bubble", lang: "en" }, ...`${text}`.trim().split(/\n{2,}/).map((part) => h("p", { dir: "auto" }, part)));
      }
      if (type === "services" && list(services).length) {
        aloud.push(...services.map(({ name, contacts }) => `${name}, ${contacts?.[0]?.label ?? contacts?.[0]?.display ?? ""}`));
        return h("div", { class: "cards", lang: "en" }, ...services.map((card) => fullCard(card, words)));
      }
      if (type === "choices" && list(choices).length) {
        aloud.push(...choices.map(({ label }) => label));
        return h("div", { class: "choices", lang: "en" }, ...choices.map((choice) => this.choice(choice.label, () => this.pick(choice))));
      }
      return null;
    }).filter(Boolean);
    if (!body.length) return false;
    const text = aloud.join(". ");
    this.#add(h("li", { class: "bot" }, unseen(`${words.bot}: `), ...body, h("div", { class: "ways" }, h("span", {}, clock(), readAloud(text, words, this.say)))));
    this.say(`${words.bot}: ${text}`);
    return true;
  }

  /** Something the widget itself says, with the contacts that need no server, and perhaps a button. */
  notice(text, cards, more) {
    this.#add(h("li", { class: "bot notice" }, h("p", { class: "bubble" }, text), !!cards.length && rows(cards, this.words), more));
    this.say(text);
  }

  /** A button that can be pressed once, until something else is said; then it can only be read. */
  choice(label, act) {
    const made = button("choice", () => {
      if (made.hasAttribute("aria-disabled")) return;
      made.classList.add("chosen");
      made.append(unseen(` ${this.words.chosen}`));
      act();
    }, label);
    return made;
  }

  #add(item) {
    const follow = this.#atEnd();
    if (this.waiting.isConnected) this.waiting.before(item);
    else this.list.append(item);
    this.newest = item;
    if (follow) this.#scrollTo(item);
    else this.toast.hidden = false;
  }

  /** Is the end of the conversation in sight? */
  #atEnd() {
    const last = this.list.lastElementChild;
    return !last || last.getBoundingClientRect().bottom < this.scroller.getBoundingClientRect().bottom + 60;
  }

  /** Shows the beginning of an item, with the question before it, and moves neither the focus nor the host page. */
  #scrollTo(item) {
    this.toast.hidden = true;
    const room = this.scroller.clientHeight;
    const question = item.previousElementSibling;
    const urgent = room < 450 && item.querySelector(".urgent"); // where there is little room, 999 itself
    const from = urgent || (question?.matches(".you") && question.offsetHeight < room / 3 ? question : item);
    this.scroller.scrollTop += from.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - 12;
  }
}

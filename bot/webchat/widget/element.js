// <safeguarding-chat>: its options, its life on the page, how a message travels, and how one leaves fast.
import { Conversation } from "./api.js";
import { h, readCards, stopReading } from "./messages.js";
import { buildPanel } from "./panel.js";

const LATE_MS = 8000;
const EXIT = "https://www.bbc.co.uk/weather";
const NAME = "safeguarding-chat";

let base;
let pageOptions;
let allWords;
let css;
let contacts;

/** Called by webchat.js. `options` are the script's data-* attributes; an element's own come before them. */
export async function start(address, options) {
  if (customElements.get(NAME)) return;
  [base, pageOptions] = [address, options];
  const get = async (file) => {
    const answer = await fetch(base + file, { credentials: "omit", referrerPolicy: "no-referrer" });
    return answer.ok ? answer.text() : Promise.reject(file);
  };
  const inPage = document.querySelector(NAME);
  const [words, style, fallback] = await Promise.all([get("words.json"), get("webchat.css"), inPage ? "" : get("fallback.html").catch(() => "")]);
  [allWords, css] = [JSON.parse(words), style];
  contacts = readCards(new DOMParser().parseFromString(fallback, "text/html")); // only read, never put into the page
  customElements.define(NAME, SafeguardingChat);
  if (!inPage) document.body.append(h(NAME, { "data-mode": "launcher" }));
}

class SafeguardingChat extends HTMLElement {
  static observedAttributes = ["data-lang"];
  #root = this.attachShadow({ mode: "open" });
  #conversation = new Conversation(base);
  #queue = [];
  #busy = false;
  #age = 0; // grows with every clearing: an answer to an older conversation is dropped
  #open = true;
  #gone;

  connectedCallback() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      this.#root.adoptedStyleSheets = [sheet];
    } catch { // a browser from before 2023
      this.#root.append(h("link", { rel: "stylesheet", href: `${base}webchat.css` }));
    }
    this.cards = readCards(this);
    if (!this.cards.length) this.cards = contacts;
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#begin();
    watchShift({
      signal, go: () => this.leave(), say: (text) => this.view.say(text), words: () => this.words,
      awake: () => this.#open || this.view.log.list.children.length > 0,
    });
    const on = (type, act) => addEventListener(type, act, { signal });
    // Whoever comes back by the browser's back button must find nothing.
    on("pagehide", () => this.clear(true));
    on("pageshow", ({ persisted }) => persisted && this.#begin());
    on("offline", () => this.view.offline(true));
    on("online", () => this.view.offline(false));
  }

  disconnectedCallback() {
    this.clear(true);
    this.#gone.abort();
  }

  attributeChangedCallback() {
    if (this.view) this.#render();
  }

  get mode() {
    return this.#option("mode") ?? "inline";
  }

  get language() {
    return [this.#option("lang"), document.documentElement.lang.slice(0, 2), "en"].find((code) => allWords[code]);
  }

  get words() {
    return allWords[this.language];
  }

  #option(name) {
    return this.dataset[name] ?? pageOptions[name];
  }

  #begin() {
    this.#open = this.mode !== "launcher" || this.#option("open") != null;
    this.#render();
  }

  /** Builds everything anew; what was said and what stands in the box stay. */
  #render() {
    const { words, view: old } = this;
    const exit = this.#option("exit");
    this.view = buildPanel({
      words, lang: this.language, cards: this.cards, mode: this.mode,
      exit: /^https?:\/\//i.test(exit) ? exit : EXIT,
      languages: Object.keys(allWords).filter((code) => code !== this.language).map((code) => ({ code, language: allWords[code].language })),
      heading: this.#option("title") ?? words.heading,
      greeting: this.#option("greeting") ?? words.greeting,
      color: this.#option("color"),
      privacy: new URL("../privacy/children", base).href,
      send: (text) => this.#send({ text }, text),
      pick: ({ id, label }) => this.#send({ choice: id }, label),
      leave: () => this.leave(), clear: () => this.clear(), hide: () => this.hide(), show: () => this.open(),
      language: (code) => {
        this.dataset.lang = code;
        this.view.focus();
      },
    });
    const { panel, log, composer } = this.view;
    if (old) log.list.append(...old.log.list.children);
    old?.panel.remove();
    this.#root.append(panel);
    this.view.started(log.list.children.length > 0);
    composer.text = old?.composer.text ?? "";
    this.view.offline(!navigator.onLine);
    this.view.shown(this.#open);
    if (this.mode === "launcher") raise(this);
  }

  open() {
    this.#open = true;
    this.view.shown(true);
    this.view.focus();
  }

  hide() {
    stopReading();
    this.#open = false;
    this.view.shown(false);
    this.view.opener.focus();
  }

  leave() {
    leave(this.view.exit, this.view.blank, this.words, () => this.clear(true));
  }

  /** Wipes the conversation here and on the server. */
  clear(quietly) {
    const { log, composer } = this.view;
    this.#age += 1;
    this.#queue = [];
    this.#busy = false;
    stopReading();
    this.#conversation.end();
    log.clear();
    composer.text = "";
    this.view.started(false);
    if (quietly) return;
    this.view.say(this.words.cleared);
    this.view.focus();
  }

  #send(body, label) {
    this.view.started(true);
    this.#queue.push({ body, label, failed: this.view.log.you(label) });
    if (!this.#busy) this.#work();
  }

  /** Sends what waits, one after the other. */
  async #work() {
    this.#busy = true;
    const age = this.#age;
    while (this.#queue.length) {
      this.view.log.typing(true);
      const late = setTimeout(() => this.view.log.notice(this.words.late, this.cards), LATE_MS);
      const answer = await this.#conversation.send(this.#queue[0].body).catch((failure) => ({ failure }));
      clearTimeout(late);
      if (age !== this.#age) return;
      const { log } = this.view;
      log.typing(false);
      if (answer.failure) this.#failed(answer.failure.messages ?? []);
      else {
        this.#queue.shift();
        if (!log.reply(answer)) log.notice(this.words.empty, this.cards);
      }
    }
    this.#busy = false;
  }

  /** Nothing typed is lost: all that was not answered goes back into the box, before what was typed meanwhile. */
  #failed(messages) {
    const { log, composer } = this.view;
    const unsent = this.#queue.splice(0);
    unsent.forEach(({ failed }) => failed());
    const [{ body, label }] = unsent;
    composer.text = [...unsent.map((one) => one.body.text), composer.text].filter(Boolean).join("\n");
    const again = body.choice && log.choice(this.words.again, () => this.#send(body, label));
    log.notice(body.choice ? this.words.failed_choice : this.words.failed, messages.length ? [] : this.cards, again);
    log.reply(messages);
  }
}

// Leaving fast: the page is covered at once, the conversation wiped here and on the server, the page replaced in the history.
function leave(address, cover, words, forget) {
  raise(cover);
  cover.append(h("p", { role: "alert", class: "unseen" }, words.shift_0));
  forget();
  // A host page without a policy of its own would tell the next site where the visitor came from.
  document.head.append(h("meta", { name: "referrer", content: "no-referrer" }));
  try {
    top.location.replace(address);
  } catch {
    location.replace(address); // a frame that may not move its page
  }
}

/** Puts an element above everything on the page, whatever the page's own styles; without a top layer its z-index has to do. */
function raise(element) {
  element.hidden = false;
  try {
    element.popover = "manual";
    element.showPopover();
  } catch { /* an older browser, or raised already */ }
}

/** Shift pressed and let go by itself, three times with less than five seconds between. */
function watchShift({ signal, awake, say, words, go }) {
  let alone = false;
  let left = 3;
  let timer;
  const stop = (late) => {
    clearTimeout(timer);
    if (late && left < 3) say(words().shift_late);
    left = 3;
  };
  const other = () => {
    alone = false;
    stop();
  };
  const listen = (type, act) => addEventListener(type, act, { capture: true, signal });
  listen("pointerdown", other);
  listen("keydown", ({ key, repeat }) => {
    if (key !== "Shift") other();
    else if (!repeat) alone = true;
  });
  listen("keyup", ({ key }) => {
    if (key !== "Shift" || !alone || !awake()) return;
    clearTimeout(timer);
    left -= 1;
    if (!left) {
      left = 3;
      go();
      return;
    }
    say(words()[`shift_${left}`]);
    timer = setTimeout(stop, 5000, true);
  });
}

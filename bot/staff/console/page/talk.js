// The conversation on the left, why on the right. All that was said is kept here; each request says all of it again.
import { h, Log } from "./messages.js";
import { ask } from "./api.js";
import { whyPanel } from "./why.js";

const STATE = [
  ["audience", "Who speaks"], ["about", "About whom"], ["speaker_age", "Age of the speaker"], ["age", "Age of the person it is about"],
  ["urgency", "Happening now?"], ["can_phone", "Can they phone?"], ["concerns", "A worry said before"], ["facts", "A fact that is known"],
];
const MANY = ["concerns", "facts"];

export class Talk {
  #turns = [];
  #answers = [];
  #whyButtons = [];
  #last = Promise.resolve();

  /** `keep(conversation)` makes a test of it; `path(why)` lights the way on the map. */
  constructor(root, { state, words, heard, keep, path }) {
    Object.assign(this, { root, state, heard, keep, path, words });
    this.#build();
  }

  get conversation() {
    const start = {};
    for (const [name] of STATE) {
      const { value } = this.selects[name];
      if (value) start[name] = MANY.includes(name) ? [value] : value;
    }
    return { start, turns: this.#turns.map(({ text, choice }) => (choice ? { choice } : { text })) };
  }

  #build() {
    const { words } = this;
    const button = (label, click, classes = "choice") => h("button", { type: "button", class: classes, click }, label);
    this.selects = {};
    const fields = STATE.map(([name, label]) => {
      const select = h("select", { id: `start-${name}`, change: () => this.#restartFrom() }, h("option", { value: "" }, "not set"),
        ...this.state.start[name].filter(({ value }) => value !== "unknown" && !(name === "urgency" && value === "no")).map(({ value, label: shown }) => h("option", { value }, shown)));
      this.selects[name] = select;
      return h("p", {}, h("label", { for: select.id }, label), select);
    });
    this.startNow = h("span", { class: "start-now" });
    const list = h("ol", { class: "log" });
    const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "What was said" },
      this.empty = h("p", { class: "hint" }, "Say something as a visitor would. Nothing you type here is kept, unless you keep it as a test."),
      list);
    const toast = h("button", { type: "button", class: "toast", hidden: true }, words.new_messages);
    this.log = new Log({ words, list, scroller, toast, say: (text) => { if (!this.quiet) this.heard(text); }, pick: ({ id, label }) => this.#say({ choice: id, label }) });
    this.box = h("textarea", { id: "box", rows: 1, placeholder: words.placeholder, keydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    } });
    this.sorry = h("p", { class: "sorry", role: "alert" });
    this.title = h("input", { id: "test-title", type: "text", maxlength: 80, autocomplete: "off", placeholder: "such as: a girl of 13, threatened" });
    this.why = h("div", { class: "why-body" });
    this.root.replaceChildren(
      h("div", { class: "talk" },
        h("div", { class: "chat" },
          h("h2", { id: "talk-title", tabindex: "-1" }, "Conversation"),
          h("details", { class: "begin" }, h("summary", {}, "Start from a state", this.startNow), h("div", { class: "fields" }, ...fields), button("Start with nothing known", () => this.#clearState())),
          h("div", { class: "steps", role: "group", "aria-label": "This conversation" },
            button("Back one step", () => this.#back()), button("Replay", () => this.#replay("Played again.")), button("Restart", () => this.#restart())),
          scroller,
          this.sorry,
          h("form", { class: "composer", submit: (event) => { event.preventDefault(); this.#send(); } },
            toast, h("label", { for: "box", class: "unseen" }, words.box), h("div", { class: "field" }, this.box, h("button", { class: "send", type: "submit" }, words.send))),
          h("form", { class: "keep", submit: (event) => { event.preventDefault(); this.#keep(); } },
            h("label", { for: "test-title" }, "Keep this conversation as a test, called"), h("div", { class: "field" }, this.title, h("button", { class: "choice", type: "submit" }, "Keep as a test")))),
        h("section", { class: "why", "aria-labelledby": "why-title" }, h("h2", { id: "why-title" }, "Why this answer"), this.why)));
    this.#showWhy(-1);
  }

  /** One thing after the other: a button pressed while an answer is on its way has its turn after it. */
  #then(act) {
    this.#last = this.#last.then(act);
    return this.#last;
  }

  #send() {
    const text = this.box.value;
    if (!text.trim()) return;
    this.box.value = "";
    this.#say({ text });
  }

  #say(turn) {
    return this.#then(async () => {
      const failed = this.#shown(turn);
      this.#turns.push(turn);
      if (await this.#fetch(false)) return;
      this.#turns.pop();
      failed();
      if (turn.text !== undefined && !this.box.value) this.box.value = turn.text;
    });
  }

  /** Asks for the whole conversation; shows the last answer, or all of them. False where it failed. */
  async #fetch(all) {
    this.sorry.textContent = "";
    this.log.typing(true);
    try {
      const { answers } = await ask("talk", this.conversation);
      this.log.typing(false);
      this.#answers = answers;
      if (all) this.#redraw();
      else this.#answered(answers.at(-1), answers.length - 1);
      return true;
    } catch (error) {
      this.log.typing(false);
      this.sorry.textContent = error.message;
      return false;
    }
  }

  #shown({ text, label }) {
    this.empty.hidden = true;
    return this.log.you(text ?? label);
  }

  #answered(answer, number) {
    this.log.reply(answer.messages);
    const button = h("button", { type: "button", class: "pill why-button", click: () => {
      this.#showWhy(number);
      this.why.scrollIntoView({ block: "nearest" });
    } }, "Why?", h("span", { class: "unseen" }, ` answer ${number + 1}`));
    this.#whyButtons[number] = button;
    this.log.newest.append(button);
    this.#showWhy(number);
  }

  #redraw() {
    this.log.clear();
    this.#whyButtons = [];
    this.empty.hidden = this.#turns.length > 0;
    this.quiet = true;
    this.#turns.forEach((turn, number) => {
      this.#shown(turn);
      this.#answered(this.#answers[number], number);
    });
    this.quiet = false;
    if (!this.#turns.length) this.#showWhy(-1);
  }

  #showWhy(number) {
    this.#whyButtons.forEach((button, place) => button.setAttribute("aria-pressed", String(place === number)));
    const why = this.#answers[number]?.why;
    this.why.replaceChildren(...whyPanel(why, this.#answers[number - 1]?.why, this.#turns[number]));
    this.path(why);
  }

  #replay(said) {
    return this.#then(async () => {
      if (await this.#fetch(true)) this.heard(said);
    });
  }

  #back() {
    return this.#then(async () => {
      const last = this.#turns.pop();
      if (!last) return;
      if (!(await this.#fetch(true))) {
        this.#turns.push(last);
        return;
      }
      if (last.text !== undefined && !this.box.value) this.box.value = last.text;
      this.heard("One step back.");
    });
  }

  #restart() {
    return this.#then(() => {
      this.#turns = [];
      this.#answers = [];
      this.sorry.textContent = "";
      this.#redraw();
      this.heard("A new conversation.");
      this.box.focus();
    });
  }

  #restartFrom() {
    const set = STATE.map(([name]) => this.selects[name]).filter(({ value }) => value).map((select) => select.selectedOptions[0].textContent);
    this.startNow.textContent = set.length ? `: ${set.join(", ")}` : "";
    this.#replay("Played again from that state.");
  }

  #clearState() {
    for (const select of Object.values(this.selects)) select.value = "";
    this.#restartFrom();
  }

  async #keep() {
    this.sorry.textContent = "";
    if (!this.title.value.trim()) {
      this.sorry.textContent = "Give the test a name first: what is it about?";
      this.title.focus();
      return;
    }
    try {
      await this.keep({ title: this.title.value, conversation: this.conversation });
      this.title.value = "";
    } catch (error) {
      this.sorry.textContent = error.message;
    }
  }
}

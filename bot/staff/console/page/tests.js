// The tests: a list of files to run or edit, the editor, and the results while they come in.
import { h } from "./messages.js";
import { ask } from "./api.js";
import { Results } from "./results.js";

export class Tests {
  constructor(root, heard) {
    Object.assign(this, { root, heard });
    const button = (label, click, classes = "choice") => h("button", { type: "button", class: classes, click }, label);
    this.button = button;
    this.list = h("ul", { class: "files" });
    this.mistakes = h("ul", { class: "mistakes" });
    this.results = new Results(heard);
    this.file = h("input", { id: "file", type: "text", maxlength: 60, autocomplete: "off", spellcheck: "false", input: () => this.#sure(false) });
    this.text = h("textarea", { id: "file-text", rows: 20, spellcheck: "false", wrap: "off", "aria-describedby": "file-said", input: () => this.#sure(false) });
    this.said = h("div", { id: "file-said", class: "said", role: "status" });
    this.replace = button("Replace the file that is there", () => this.#save(true), "choice danger-choice");
    this.replace.hidden = true;
    this.editor = h("form", { class: "editor", hidden: true, submit: (event) => { event.preventDefault(); this.#save(false); } },
      h("h3", {}, "Edit a test"),
      h("p", {}, h("label", { for: "file" }, "File name in tests/flows/"), this.file),
      h("p", {}, h("label", { for: "file-text" }, "What is said, and what must be shown"), this.text),
      this.said,
      h("p", { class: "steps" }, h("button", { type: "submit", class: "pill first" }, "Check and save"), this.replace, button("Close", () => { this.editor.hidden = true; })));
    root.replaceChildren(
      h("h2", { id: "tests-title", tabindex: "-1" }, "Tests"),
      h("div", { class: "tests" },
        h("div", {},
          h("p", { class: "steps" }, button("Run all tests", () => this.#run({}), "pill first"), button("New test", () => this.#new())),
          this.mistakes, this.list),
        h("div", {}, this.editor, this.results.root)));
  }

  async shown() {
    try {
      const { files, mistakes } = await ask("tests");
      this.mistakes.replaceChildren(...mistakes.map((line) => h("li", {}, h("code", {}, line))));
      this.list.replaceChildren(...files.map(({ file, flows }) => h("li", {},
        h("details", {}, h("summary", {}, h("strong", {}, file.replaceAll("_", "_\u200b")), h("span", { class: "note" }, ` ${flows.length} ${flows.length === 1 ? "test" : "tests"}`)),
          h("ul", { class: "plainlist" }, ...flows.map(({ name, line, steps }) => h("li", {}, `${name} `, h("span", { class: "note" }, `line ${line}, ${steps} ${steps === 1 ? "message" : "messages"}`))))),
        h("p", { class: "steps" }, this.button(h("span", {}, "Run", h("span", { class: "unseen" }, ` ${file}`)), () => this.#run({ file })),
          this.button(h("span", {}, "Edit", h("span", { class: "unseen" }, ` ${file}`)), () => this.#open(file))))));
      if (!files.length) this.list.replaceChildren(h("li", {}, "There is no test yet. Hold a conversation and keep it."));
    } catch (error) {
      this.#tell([error.message], true);
    }
  }

  /** A conversation as a test, in the editor. */
  async draft({ title, conversation }) {
    const { file, text } = await ask("tests/draft", { title, conversation });
    this.#edit(file, text);
    this.#tell(["This is the conversation as it went. Take out what need not be so, then save."]);
  }

  #new() {
    this.#edit("new-test.yml", 'test_cases:\n  - test_case: what this test is about\n    steps:\n      - user: my dad hits me\n        assertions:\n          - first: childline\n');
    this.#tell(["Write what a visitor says, and what must be shown."]);
  }

  async #open(file) {
    try {
      const found = await ask(`tests/file?name=${encodeURIComponent(file)}`);
      this.#edit(found.file, found.text);
      this.#sure(true);
      this.#tell([]);
    } catch (error) {
      this.results.sorry(error.message);
    }
  }

  #edit(file, text) {
    this.editor.hidden = false;
    this.file.value = file;
    this.text.value = text;
    this.text.rows = Math.min(Math.max(text.split("\n").length + 1, 8), 26);
    this.text.scrollTop = 0;
    this.#sure(false);
    this.toEditor();
  }

  toEditor() {
    this.text.focus({ preventScroll: true });
    this.text.setSelectionRange(0, 0);
    this.editor.scrollIntoView({ block: "start" });
  }

  /** An opened file may be saved over itself; any other needs a second press. */
  #sure(own) {
    if (own) this.own = this.file.value;
    this.replace.hidden = true;
  }

  #tell(lines, wrong = false) {
    this.said.classList.toggle("wrong", wrong);
    this.said.replaceChildren(...lines.map((line) => h("p", {}, line)));
  }

  async #save(overwrite) {
    const file = this.file.value.trim();
    try {
      const { saved } = await ask("tests/save", { file, text: this.text.value, overwrite: overwrite || file === this.own });
      this.own = file;
      this.replace.hidden = true;
      this.said.classList.remove("wrong");
      this.said.replaceChildren(h("p", {}, `Saved as ${saved}. `), this.button("Run it", () => this.#run({ file })));
      await this.shown();
    } catch (error) {
      this.replace.hidden = !error.exists;
      this.#tell(error.mistakes ?? [error.message], true);
    }
  }

  async #run(what) {
    await this.results.follow(what, "tests");
  }
}

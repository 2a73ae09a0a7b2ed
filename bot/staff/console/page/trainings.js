// Compares the last training with the one in use: the same tests on both, and what is answered otherwise.
import { h } from "./messages.js";
import { ask } from "./api.js";
import { Results } from "./results.js";

export class Trainings {
  constructor(root, heard) {
    this.results = new Results(heard);
    this.about = h("div", {});
    this.compare = h("button", { type: "button", class: "pill first", click: () => this.results.follow({}, "comparison") }, "Compare the two trainings");
    root.replaceChildren(h("h2", { id: "trainings-title", tabindex: "-1" }, "Trainings"), this.about, h("p", { class: "steps" }, this.compare), this.results.root);
  }

  async shown() {
    try {
      const { trained } = await ask("state");
      this.about.replaceChildren(
        h("dl", { class: "known" },
          h("div", {}, h("dt", {}, "In use, trained"), h("dd", {}, trained.current ?? "not yet")),
          h("div", {}, h("dt", {}, "The one before"), h("dd", {}, trained.previous ?? "none kept yet"))),
        h("p", {}, trained.of_this_data
          ? "The training in use has learned from the phrases as they are now."
          : "What the model learns from has changed since: run `make train` in the terminal (about four minutes), then start the console anew. Until then the bot understands as before. Routes, services and words count at once."),
        h("p", {}, "Every test is held with both trainings, on the routes and words of now. What is answered otherwise is listed, also where no test minds."));
      this.compare.disabled = !trained.previous;
    } catch (error) {
      this.results.sorry(error.message);
    }
  }
}

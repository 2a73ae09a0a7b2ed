// The results of a run while they come in: what failed first, with the conversation, what was expected and why it came otherwise.
import { h } from "./messages.js";
import { ask } from "./api.js";
import { track } from "./why.js";

const EVERY_MS = 300;
const spaced = (name) => name.replaceAll("_", " ");
const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

export class Results {
  #number = 0;

  constructor(heard) {
    this.heard = heard;
    this.summary = h("p", { class: "run-summary" });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": "Tests that have run", hidden: true });
    this.failed = h("ul", { class: "failures" });
    this.passed = h("ul", { class: "plainlist" });
    this.passedBox = h("details", { hidden: true }, h("summary", {}, "Tests that passed"), this.passed);
    this.coverage = h("div", {});
    this.root = h("section", { class: "results", "aria-label": "Results" }, this.summary, this.bar, this.failed, this.passedBox, this.coverage);
  }

  sorry(text) {
    this.summary.replaceChildren(h("span", { class: "wrong" }, text));
    this.heard(text);
  }

  /** Starts a run and shows it to its end. */
  async follow(what, kind) {
    const number = (this.#number += 1);
    for (const list of [this.failed, this.passed, this.coverage]) list.replaceChildren();
    this.summary.textContent = "Starting ...";
    this.passedBox.hidden = true;
    try {
      await ask("tests/run", { ...what, compare: kind === "comparison" });
      this.bar.hidden = false;
      let since = 0;
      let run;
      do {
        run = await ask(`tests/run?since=${since}`);
        since = run.next;
        if (number !== this.#number) return;
        this.#add(run, kind);
        if (!run.over) await new Promise((go) => { setTimeout(go, EVERY_MS); });
      } while (!run.over);
      this.bar.hidden = true;
      this.#end(run, kind);
    } catch (error) {
      this.bar.hidden = true;
      this.sorry(error.mistakes?.join("\n") ?? error.message);
    }
    this.summary.scrollIntoView({ block: "start" });
  }

  #add(run, kind) {
    this.bar.max = run.total;
    this.bar.value = run.done;
    this.summary.textContent = `${run.done} of ${run.total} done${kind === "tests" ? `, ${run.failed} failed` : ""}`;
    for (const result of run.results) {
      if (kind === "comparison") this.failed.append(difference(result));
      else if (result.passed) {
        this.passedBox.hidden = false;
        this.passed.append(h("li", {}, "✓ ", result.flow, h("span", { class: "note" }, ` ${result.file}, ${result.ms} ms`)));
      } else this.failed.append(failure(result));
    }
  }

  #end(run, kind) {
    if (run.mistake) return this.sorry(run.mistake);
    const text = kind === "tests"
      ? (run.failed ? `${many(run.failed, "test")} failed, ${run.total - run.failed} passed.` : `All ${many(run.total, "test")} passed.`)
      : comparisonSummary(run, this.failed.children.length);
    const wrong = run.failed > 0;
    this.summary.replaceChildren(h("strong", { class: wrong ? "wrong" : "right" }, wrong ? "✗ " : "✓ ", text));
    this.heard(text);
    if (run.coverage && run.total > 1) this.coverage.replaceChildren(...covered(run.coverage));
  }
}

function comparisonSummary({ total, failed, mended }, changed) {
  if (!changed) return `No difference in ${many(total / 2, "test")}: both trainings answer alike.`;
  return `${many(changed, "conversation")} of ${total / 2} answered otherwise; ${failed} that passed now fail, ${mended} that failed now pass.`;
}

function failure({ file, flow, line, turns }) {
  return h("li", { class: "failure" },
    h("h3", {}, "✗ ", flow), h("p", { class: "note" }, h("code", {}, `tests/flows/${file}:${line}`)),
    h("ol", { class: "went" }, ...turns.map(turn)));
}

function turn({ said, services, texts, failures, why }) {
  return h("li", {},
    h("p", {}, h("strong", {}, said), h("span", { class: "note" }, ` → ${services.join(", ")}`)),
    failures.length > 0 && !failures.some(({ got }) => got === texts.join(" ")) && h("p", { class: "note" }, `The bot said: ${texts.join(" ")}`),
    ...failures.map((one) => h("div", { class: "broken" },
      h("p", {}, h("strong", {}, spaced(one.what)), h("span", { class: "note" }, ` (line ${one.line})`)),
      h("dl", {}, h("div", {}, h("dt", {}, "expected"), h("dd", {}, one.expected)), h("div", {}, h("dt", {}, "got"), h("dd", {}, one.got))))),
    failures.length > 0 && h("details", { class: "because", open: true }, h("summary", {}, "Why the bot answered so"), h("ul", {}, ...why.map((line) => h("li", {}, line)))));
}

function difference({ file, flow, line, passed, was, changes }) {
  const state = was === passed ? (passed ? "passes on both" : "fails on both") : passed ? "failed before, passes now" : "passed before, fails now";
  return h("li", { class: was && !passed ? "failure" : "failure mild" },
    h("h3", {}, flow), h("p", { class: "note" }, h("code", {}, `tests/flows/${file}:${line}`), ` ${state}`),
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": `What changed in ${flow}` }, h("table", {}, h("thead", {}, h("tr", {}, ...["Said", "What", "Before", "Now"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...changes.map((one) => h("tr", {}, h("td", {}, one.said), h("td", {}, one.what), h("td", {}, spaced(one.before)), h("td", {}, spaced(one.now))))))));
}

function covered(kinds) {
  return [
    h("h3", {}, "What these tests reach"),
    h("ul", { class: "coverage" }, ...Object.entries(kinds).map(([kind, { reached, all, missing }]) => h("li", {},
      h("span", {}, h("strong", {}, kind), ` ${reached} of ${all}`), track(reached / Math.max(all, 1)),
      missing.length > 0 && h("details", {}, h("summary", {}, "nobody tests"), h("p", { class: "note" }, missing.join(", ")))))),
  ];
}

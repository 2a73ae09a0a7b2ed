// The console's frame: which part is shown, and what is said about the data files.
import { h } from "./messages.js";
import { ask, news } from "./api.js";
import { Talk } from "./talk.js";
import { Tests } from "./tests.js";
import { RouteMap } from "./map.js";
import { Trainings } from "./trainings.js";

const part = (id) => document.getElementById(id);
let focusNext;   // what gets the focus in the part that is shown next, instead of its heading
const heard = (text) => { part("heard").textContent = text; };

const [state, words] = await Promise.all([ask("state"), fetch("/staff/files/words.json").then((answer) => answer.json())]);
const tests = new Tests(part("tests"), heard);
const map = new RouteMap(part("map"));
const talk = new Talk(part("talk"), {
  state, words: words.en, heard,
  keep: async (conversation) => {
    await tests.draft(conversation);
    focusNext = () => tests.toEditor();
    location.hash = "tests";
  },
  path: (why) => map.light(why),
});
const parts = { talk, tests, map, trainings: new Trainings(part("trainings"), heard) };

function show(moved) {
  const chosen = parts[location.hash.slice(1)] ? location.hash.slice(1) : "talk";
  for (const id of Object.keys(parts)) part(id).hidden = id !== chosen;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${chosen}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  parts[chosen].shown?.();
  if (focusNext) focusNext();
  else if (moved) part(chosen).querySelector("h2").focus();
  focusNext = undefined;
}

news.addEventListener("reloaded", () => {
  part("news").replaceChildren(h("p", {}, "The files in data/ have changed and were read anew."), h("button", { type: "button", class: "choice", click: () => part("news").replaceChildren() }, "All right"));
});
news.addEventListener("mistakes", ({ detail }) => {
  const shownNow = part("problem").dataset.text ?? "";
  if (shownNow === detail.join("\n")) return;
  part("problem").dataset.text = detail.join("\n");
  part("problem").replaceChildren(...(detail.length ? [h("p", {}, "A file needs mending before the bot can answer:"), h("ul", {}, ...detail.map((line) => h("li", {}, h("code", {}, line))))] : []));
});
if (state.problem) news.dispatchEvent(new CustomEvent("mistakes", { detail: state.problem.split("\n") }));

addEventListener("hashchange", () => show(true));
show(false);
document.body.dataset.ready = "";

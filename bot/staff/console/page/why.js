// Why the bot answered so: what was understood, what is known, and each decision with the line of the file to edit.
import { h } from "./messages.js";

const LEAST_SHOWN = 0.01;
const percent = (share) => `${Math.round(share * 100)}%`;
export const where = (place) => h("code", { class: "where" }, place);
const box = (title, ...inside) => h("section", { class: "box" }, h("h3", {}, title), ...inside);

/** A bar for the eye; the number stands beside it. */
export function track(share) {
  const fill = h("span", { class: "fill" });
  fill.style.width = percent(share);
  return h("span", { class: "track", "aria-hidden": "true" }, fill);
}

const bar = (name, share, first) => h("li", { class: first ? "share first" : "share" },
  h("span", { class: "name" }, name.replaceAll("_", " ")), track(share), h("span", { class: "percent" }, percent(share)));

function understood({ intent, ranking }, said) {
  if (said?.choice) return h("p", {}, "A button was pressed: its meaning is written in ", where("data/choices.yml"), " (", h("code", {}, said.choice), "), and nothing had to be guessed.");
  const others = ranking.filter(({ intent: name, confidence }) => name !== intent.name && confidence >= LEAST_SHOWN).slice(0, 4);
  return h("div", {},
    h("ul", { class: "shares" }, bar(intent.name, intent.confidence, true), ...others.map((one) => bar(one.intent, one.confidence))),
    h("p", { class: "note" }, others.length ? "First: what it was taken for, and how sure. Below: what else the whole message looks like." : "It looks like nothing else."));
}

function known({ known: facts }, before) {
  const old = new Map((before?.known ?? []).map(({ name, value }) => [name, value]));
  return h("dl", { class: "known" }, ...facts.map(({ name, label, value }) => {
    const changed = old.has(name) ? old.get(name) !== value : value !== "not known" && value !== "none" && value !== "not urgent";
    return h("div", { class: changed ? "changed" : "" }, h("dt", {}, label), h("dd", {}, value, changed && h("span", { class: "new" }, "new")));
  }));
}

/** The elements of the right side for one answer; `before` is the answer before it, `said` what was said. */
export function whyPanel(why, before, said) {
  if (!why) return [h("p", { class: "hint" }, "Here stands, for each answer, what was understood and which line of which file decided it.")];
  if (!why.rows) return [h("p", { class: "summary" }, why.summary)];
  return [
    h("p", { class: "summary" }, why.summary),
    box("What was understood", understood(why, said)),
    box("What is known by now", known(why, before)),
    box("Safety net", why.signs.length
      ? h("ul", { class: "plainlist" }, ...why.signs.map(({ id, phrase, where: place }) => h("li", {}, h("strong", {}, id.replaceAll("_", " ")), phrase && h("span", {}, " by the phrase ", h("code", {}, phrase)), " ", where(place))))
      : h("p", {}, "No phrase that means danger.")),
    box("Row of the route table", h("ul", { class: "plainlist" }, ...why.rows.map((row) => h("li", {},
      h("strong", {}, row.id), row.concern && ` for ${row.concern.replaceAll("_", " ")}`, " ", where(row.where),
      h("p", { class: "note" }, row.when.length ? `Fits: ${row.when.join("; ")}` : "Fits everyone"), h("p", { class: "note" }, `Gives: ${row.services.join(", ")}`)))),
      h("p", {}, h("a", { href: "#map" }, "See it on the map"))),
    box("Rule", why.rule ? h("p", {}, h("strong", {}, why.rule.name), ` leads to ${why.rule.action} `, where(why.rule.where)) : h("p", {}, "None: the message was not understood.")),
    box("Words", why.words.length
      ? h("ul", { class: "plainlist" }, ...why.words.map(({ key, text, ways, where: place }) => h("li", {}, h("code", {}, key), " ", where(place), h("p", { class: "note" }, text, ways > 1 && ` (one of ${ways} wordings)`))))
      : h("p", {}, "What was said comes from the rows of the services.")),
    why.figures.length > 0 && box("Figures", h("ul", { class: "plainlist" }, ...why.figures.map(({ id, where: place }) => h("li", {}, h("code", {}, id), " ", where(place))))),
    box("Services", h("ol", { class: "plainlist" }, ...why.services.map(({ name, where: place, contacts }) => h("li", {}, h("strong", {}, name), " ", where(place),
      ...contacts.map((one) => h("p", { class: "note" }, `${one.shown} (${one.source}, checked ${one.checked_on})`)))))),
  ].filter(Boolean);
}

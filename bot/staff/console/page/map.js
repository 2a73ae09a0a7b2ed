// The routes as a map, drawn from the table: worry, row, services. The path of the last answer is lit.
import { h } from "./messages.js";
import { ask } from "./api.js";
import { where } from "./why.js";

const SVG = "http://www.w3.org/2000/svg";
const [WORRY_X, ROW_X, ROW_WIDTH, SERVICE_X, WIDTH] = [150, 270, 330, 710, 910];
const [STEP, TOP] = [26, 34];
const PATH = "the path just taken";
const ALL = "everything";
const EMERGENCY = "emergency_999";

export class RouteMap {
  #why;
  #data;

  constructor(root) {
    this.choice = h("select", { id: "map-choice", change: () => this.#draw() });
    this.note = h("p", { id: "map-note", class: "note" });
    this.picture = h("div", { class: "wide map-picture", tabindex: "0", role: "region", "aria-label": "Map of the routes" });
    this.table = h("div", {});
    root.replaceChildren(
      h("h2", { id: "map-title", tabindex: "-1" }, "Routes"),
      h("p", { class: "steps" }, h("label", { for: "map-choice" }, "Show"), this.choice), this.note, this.picture, this.table);
  }

  /** The path of an answer, or undefined. */
  light(why) {
    this.#why = why?.rows ? why : undefined;
  }

  async shown() {
    try {
      this.#data = await ask("map");
    } catch (error) {
      this.note.textContent = error.message;
      return;
    }
    const before = this.choice.value;
    const option = (value, label = value) => h("option", { value }, label);
    this.choice.replaceChildren(...(this.#why ? [option(PATH)] : []), option(ALL), ...this.#data.concerns.map(({ id, name }) => option(id, `only ${name}`)));
    this.choice.value = this.#why && (before === "" || before === PATH) ? PATH : before && before !== PATH ? before : this.#why ? PATH : ALL;
    this.#draw();
  }

  #lit() {
    const rows = new Map((this.#why?.rows ?? []).map((row) => [row.id, row.concern ?? "no worry known"]));
    return { rows, services: new Set((this.#why?.services ?? []).map(({ id }) => id)) };
  }

  #draw() {
    const lit = this.#lit();
    const chosen = this.choice.value;
    const worries = chosen === ALL ? this.#data.concerns.map(({ id }) => id) : chosen === PATH ? [...new Set(lit.rows.values())] : [chosen];
    const rows = this.#data.rows.filter((row) => row.concerns.some((one) => worries.includes(one)));
    const used = new Set(rows.flatMap((row) => row.services));
    for (const id of lit.services) if (chosen !== ALL && lit.rows.size) used.add(id);
    const services = this.#data.services.filter(({ id }) => chosen === ALL || used.has(id));
    this.note.textContent = this.#why
      ? `Lit: ${[...lit.rows].map(([row, worry]) => `${worry.replaceAll("_", " ")} → ${row}`).join("; ")} → ${this.#why.services.map(({ name }) => name).join(", ")}. The first row that fits counts, from the top.`
      : "From left to right: the worry, the rows of the table in their order (the first that fits counts), the services. Hold a conversation to see its path lit.";
    this.picture.replaceChildren(draw({ worries: this.#data.concerns.filter(({ id }) => worries.includes(id)), rows, services, lit }));
    this.table.replaceChildren(table(rows, worries, lit));
  }
}

function s(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Places names beside the middle of what they are joined to, in that order, so that few lines cross. */
function placed(names, weight, height) {
  const order = [...names].sort((one, other) => weight(one.id) - weight(other.id));
  const step = Math.max(STEP, height / Math.max(order.length, 1));
  return new Map(order.map(({ id }, place) => [id, TOP + step * (place + 0.5)]));
}

function draw({ worries, rows, services, lit }) {
  const rowY = new Map(rows.map(({ id }, place) => [id, TOP + STEP * (place + 0.5)]));
  const height = STEP * Math.max(rows.length, worries.length, services.length);
  const middle = (ids) => (ids.length ? ids.reduce((sum, id) => sum + rowY.get(id), 0) / ids.length : 0);
  const worryY = placed(worries, (id) => middle(rows.filter((row) => row.concerns.includes(id)).map((row) => row.id)), height);
  const serviceY = placed(services, (id) => (id === EMERGENCY ? -1 : middle(rows.filter((row) => row.services.includes(id)).map((row) => row.id))), height);
  const [edges, bright, nodes] = [[], [], []];
  const edge = (x1, y1, x2, y2, on, urgent) => (on ? bright : edges).push(s("path", { class: `edge${on ? " on" : ""}${urgent ? " urgent-edge" : ""}`, d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}` }));
  for (const row of rows) {
    const on = lit.rows.has(row.id);
    const y = rowY.get(row.id);
    for (const worry of row.concerns) if (worryY.has(worry)) edge(WORRY_X + 4, worryY.get(worry), ROW_X, y, on && lit.rows.get(row.id) === worry);
    for (const service of row.services) edge(ROW_X + ROW_WIDTH, y, SERVICE_X, serviceY.get(service), on && lit.services.has(service));
    if (on && lit.services.has(EMERGENCY) && serviceY.has(EMERGENCY)) edge(ROW_X + ROW_WIDTH, y, SERVICE_X, serviceY.get(EMERGENCY), true, true);
    nodes.push(s("g", { class: on ? "node on" : "node" },
      s("title", {}, `${row.when.join("; ") || "fits everyone"} (${row.where})`),
      s("rect", { x: ROW_X, y: y - 11, width: ROW_WIDTH, height: 22, rx: 11 }),
      s("text", { x: ROW_X + 12, y: y + 4.5 }, row.id.replaceAll("_", " "))));
  }
  const worriesLit = new Set(lit.rows.values());
  for (const { id, name } of worries) nodes.push(s("g", { class: worriesLit.has(id) ? "node on" : "node" }, s("text", { x: WORRY_X - 4, y: worryY.get(id) + 4.5, "text-anchor": "end" }, name)));
  for (const { id, name } of services) nodes.push(s("g", { class: lit.services.has(id) ? "node on" : "node" }, s("text", { x: SERVICE_X + 8, y: serviceY.get(id) + 4.5 }, name)));
  const full = TOP + height + 10;
  return s("svg", { viewBox: `0 0 ${WIDTH} ${full}`, width: WIDTH, height: full, role: "img", "aria-labelledby": "map-note" },
    ...[["Worry", WORRY_X - 4, "end"], ["Row, from the top", ROW_X + 12, "start"], ["Services", SERVICE_X + 8, "start"]]
      .map(([text, x, anchor]) => s("text", { class: "head", x, y: 18, "text-anchor": anchor }, text)),
    ...edges, ...bright, ...nodes);
}

function table(rows, worries, lit) {
  return h("details", { class: "as-table" }, h("summary", {}, "The same as a table"),
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "The routes as a table" }, h("table", {},
      h("thead", {}, h("tr", {}, ...["Row", "Worries that lead here", "Fits", "Services, in order", "Line to edit"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map((row) => h("tr", { class: lit.rows.has(row.id) ? "on" : "" },
        h("th", { scope: "row" }, row.id, lit.rows.has(row.id) && " (taken)"), h("td", {}, row.concerns.filter((one) => worries.includes(one)).join(", ").replaceAll("_", " ")),
        h("td", {}, row.when.join("; ") || "everyone"), h("td", {}, row.services.join(", ")), h("td", {}, where(row.where))))))));
}

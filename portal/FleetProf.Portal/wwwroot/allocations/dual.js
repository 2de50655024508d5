// Allocated per second against in use, type by type: four quadrants, a picture of them, and the table.
// The chosen quadrant is in the address as "quadrant"; the table keeps its own part of the address.

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count, percent } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";

/** Much is this share of its side; the server judges by the same. */
const MUCH = 0.05;

/** A capture with fewer samples says little. */
const FEW_SAMPLES = 30;

/** Types in the picture. */
const MOST_DOTS = 300;

const WIDTH = 380;
const HEIGHT = 240;
const LEAST_SHARE = 0.0001;

const QUADRANTS = [
  { key: "churn", name: "Churn", what: "Much allocated, little in use: it dies young. The collector pays, not the heap.", next: "See who allocates it: hidden allocations and the flame graph by type of the allocation capture.", nextOfFunctions: "See who calls it: the flame graph of the allocation capture.", where: "alloc" },
  { key: "cacheOrLeak", name: "Cache or leak", what: "Little allocated, much in use: it stays. Only a second snapshot tells a cache that is full from a leak that grows.", next: "Take another heap snapshot later and compare the two; see who holds it meanwhile.", nextOfFunctions: "Take another heap profile later and compare the two.", where: "heap" },
  { key: "backlog", name: "Backlog", what: "Much of both: it comes faster than it goes, waits in a queue, or is the work itself.", next: "Capture a CPU trace to see what the consumers do, and see who holds it.", nextOfFunctions: "Capture a CPU trace to see what the consumers do.", where: "trace" },
  { key: "quiet", name: "Quiet", what: "Little of both.", next: "Nothing to capture.", where: null },
];

class DualView extends LoadedView {
  static waiting = "Comparing the captures…";

  async load() {
    this.file = await fetchJson(this.url, this.end.signal);
    for (const row of this.file.rows) row.quadrantName = row.quadrant ? QUADRANTS.find(({ key }) => key === row.quadrant).name : "";
    this.cards = make("div", { class: "dual-cards", role: "group", "aria-label": "Quadrants" });
    this.picture = make("div", { class: "dual-picture" });
    this.advice = make("div", { "aria-live": "polite" });
    const rows = make("div", { class: "dual-rows" });
    this.host.replaceChildren(this.summary(), make("div", { class: "dual-top" }, this.cards, this.picture), this.advice, rows);
    window.addEventListener("popstate", () => this.follow(), { signal: this.end.signal });
    this.table = new ResultTable(rows, this.url, { ...this.options, file: { ...this.file, methodCount: this.file.typeCount }, where: (row) => !this.chosen || row.quadrant === this.chosen.key });
    this.follow();
  }

  summary() {
    const { allocatedBytesPerSecond, heapBytes, isBiased, isLossy, isComplete, incompleteReason } = this.file;
    const samples = this.file.rows.reduce((total, row) => total + row.samples, 0);
    const parts = [
      make("span", {}, `${bytes(allocatedBytesPerSecond)} are allocated a second beside ${bytes(heapBytes)} in use. Much is ${percent(MUCH)} of its side or more.`),
      isBiased ? make("span", { class: "fp-tag fp-warn", title: "From AllocationTick, which blames the last type of each 100 KB; .NET 10 has unbiased samples." }, "allocations are biased") : null,
      samples < FEW_SAMPLES ? make("span", { class: "fp-tag fp-warn", title: `With fewer than ${FEW_SAMPLES} samples it is chance which types are much and which seem to stay. Take a longer capture, under load.` }, `${count(samples)} allocation samples only`) : null,
      isLossy ? make("span", { class: "fp-tag fp-warn", title: "More than 5 % of the events of the allocation capture were lost in the process because its buffer was full." }, "allocations are too low: events were lost") : null,
      isComplete ? null : make("span", { class: "fp-tag fp-warn" }, `incomplete heap: no quadrants (${incompleteReason})`),
    ];
    return make("div", { class: "hidden-summary" }, ...parts);
  }

  choose(quadrant) {
    address.write({ quadrant: quadrant === this.chosen ? null : quadrant.key }, { isStep: true });
    this.follow();
  }

  follow() {
    const key = address.read().get("quadrant");
    this.chosen = QUADRANTS.find((quadrant) => quadrant.key === key) ?? null;
    this.cards.replaceChildren(...QUADRANTS.map((quadrant) => this.card(quadrant)));
    this.picture.replaceChildren(this.drawn());
    this.advice.replaceChildren(...(this.chosen ? [this.cardOf(this.chosen)] : []));
    this.table.follow();
  }

  card(quadrant) {
    const rows = this.file.rows.filter((row) => row.quadrant === quadrant.key);
    const sum = (member) => rows.reduce((total, row) => total + row[member], 0);
    const short = (type) => this.file.isByFunction ? type.replace(/\[.*/, "").split("/").at(-1) : type.split(/[.+](?=[^.+<[]*(?:[<[]|$))/).at(-1);
    const heaviest = rows.slice(0, 2).map((row) => short(row.type)).join(", ");
    const noun = `${this.file.isByFunction ? "function" : "type"}${rows.length === 1 ? "" : "s"}`;
    return make("button", { type: "button", class: `dual-card dual-${quadrant.key}`, "aria-pressed": String(quadrant === this.chosen), "data-quadrant": quadrant.key, title: quadrant.what, onclick: () => this.choose(quadrant) },
      make("strong", {}, quadrant.name), make("span", { class: "fp-muted" }, `${count(rows.length)} ${noun}`),
      make("span", { class: "dual-figures" }, `${bytes(sum("allocatedBytesPerSecond"))}/s · ${bytes(sum("inUseBytes"))} in use`),
      make("span", { class: "dual-names", title: rows.slice(0, 8).map((row) => row.type).join("\n") }, quadrant.key === "quiet" ? "" : heaviest));
  }

  cardOf(quadrant) {
    const { allocCaptureId, heapCaptureId } = this.file;
    const first = this.file.rows.find((row) => row.quadrant === quadrant.key);
    const query = (tab, more) => `?${new URLSearchParams({ tab, ...more })}`;
    const link = (text, href) => make("a", { class: "fp-button", href }, text);
    const links = !first ? [] : (this.file.isByFunction ? this.linksOfFunctions(link) : {
      alloc: [link("Who allocates: by type", `/captures/${allocCaptureId}${query("bytype", {})}`), link("Hidden allocations", `/captures/${allocCaptureId}${query("hidden", {})}`)],
      heap: [link("Compare snapshots", `/heaps/diff?to=${heapCaptureId}`), link("Who holds it", `/captures/${heapCaptureId}${query("suspects", {})}`)],
      trace: [link("Capture a CPU trace", `/campaigns/new?services=${encodeURIComponent(this.service())}&kind=trace`), link("Who holds it", `/captures/${heapCaptureId}${query("suspects", {})}`)],
    })[quadrant.where] ?? [];
    return make("article", { class: "hidden-advice", "aria-label": quadrant.name },
      make("h2", {}, quadrant.name), make("p", {}, quadrant.what), make("p", {}, make("strong", {}, "Next: "), (this.file.isByFunction && quadrant.nextOfFunctions) || quadrant.next), links.length ? make("div", { class: "fp-actions" }, ...links) : null);
  }

  linksOfFunctions(link) {
    const { allocCaptureId, heapCaptureId } = this.file;
    const inUse = link("Who has it in use", `/captures/${heapCaptureId}?tab=flame`);
    return {
      alloc: [link("Who allocates", `/captures/${allocCaptureId}?tab=flame`)],
      heap: [link("Compare profiles", `/profiles/diff?to=${heapCaptureId}`), inUse],
      trace: [link("Capture a CPU trace", `/campaigns/new?services=${encodeURIComponent(this.service())}&kind=trace`), inUse],
    };
  }

  service() { return document.querySelector("select[aria-label=Service]")?.value ?? ""; }

  /** Shares on logarithmic axes; the table holds the same as text. */
  drawn() {
    const x = (share) => 34 + ((Math.log10(Math.max(share, LEAST_SHARE)) + 4) / 4) * (WIDTH - 44);
    const y = (share) => HEIGHT - 24 - ((Math.log10(Math.max(share, LEAST_SHARE)) + 4) / 4) * (HEIGHT - 34);
    const svg = (tag, attributes, ...children) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
      element.append(...children);
      return element;
    };
    const label = (text, at) => svg("text", at, text);
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": "Share of allocation against share in use; the table holds the same figures as text" },
      svg("rect", { x: 34, y: 10, width: WIDTH - 44, height: HEIGHT - 34, class: "dual-frame" }),
      svg("line", { x1: x(MUCH), x2: x(MUCH), y1: 10, y2: HEIGHT - 24, class: "dual-border" }), svg("line", { x1: 34, x2: WIDTH - 10, y1: y(MUCH), y2: y(MUCH), class: "dual-border" }),
      label("in use →", { x: WIDTH - 10, y: HEIGHT - 8, "text-anchor": "end" }), label("allocated →", { x: 12, y: 10, "text-anchor": "end", transform: `rotate(-90 12 10)` }),
      label("Churn", { x: 40, y: 24 }), label("Backlog", { x: WIDTH - 16, y: 24, "text-anchor": "end" }), label("Quiet", { x: 40, y: HEIGHT - 32 }), label("Cache or leak", { x: WIDTH - 16, y: HEIGHT - 32, "text-anchor": "end" }));
    for (const row of this.file.rows.slice(0, MOST_DOTS).reverse()) {
      const dot = svg("circle", { cx: x(row.inUseShare), cy: y(row.allocatedShare), r: row.quadrant && row.quadrant !== "quiet" ? 5 : 3, class: `dual-dot dual-${row.quadrant ?? "quiet"}${this.chosen && row.quadrant !== this.chosen.key ? " dual-other" : ""}` },
        svg("title", {}, `${row.type}\n${bytes(row.allocatedBytesPerSecond)}/s allocated (${percent(row.allocatedShare)}), ${bytes(row.inUseBytes)} in use (${percent(row.inUseShare)})`));
      picture.append(dot);
    }

    return picture;
  }
}

/** Shows a dual view of our REST in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(DualView);

// Pauses of a service by length and time, and its longest GCs: fetches, draws, refreshes; tells the page only which range was brushed.

import { fetchJson, make, patience, whyOf } from "../js/dom.js";
import { count } from "../js/figures.js";
import { living } from "../js/live-view.js";
import { addressOfGc } from "./gc-address.js";
import { hit, layOut, nameOf, paint, sum, timeAt } from "./pause-paint.js";

const REFRESH_MILLISECONDS = 30_000;
const MOST_COLUMNS = 160;
const LONGEST_STEP = 86_400; // A day: the API takes no longer one. It is a whole number of quarters of an hour.
const TOP = 20;

class PauseMap {
  constructor(root, options, page) {
    this.root = root;
    this.options = options;
    this.page = page;
    this.generation = 0;
    this.isAsking = false;
    this.data = null;
    this.brush = null;
    this.problem = make("p", { class: "fp-problem", role: "alert" });
    this.canvas = make("canvas", { class: "pause-canvas", role: "img", "aria-label": "Pauses by length, and when they were" });
    this.selection = make("div", { class: "pause-brush", hidden: true });
    this.status = make("p", { class: "pause-status fp-muted" });
    this.table = make("div", { class: "fp-scroll pause-longest", tabindex: "0", role: "region", "aria-label": "Longest GCs" });
    root.replaceChildren(make("div", { class: "pause-map" }, this.canvas, this.selection), this.status, make("h2", {}, "Longest GCs"), this.table);
    this.canvas.addEventListener("mousemove", (event) => this.hover(event));
    this.canvas.addEventListener("mouseleave", () => this.hover(null));
    this.canvas.addEventListener("mousedown", (event) => this.press(event));
    this.canvas.addEventListener("dblclick", () => this.page.invokeMethodAsync("OnDoubleClick").catch(() => {}));
    this.release = (event) => this.finish(event);
    document.addEventListener("mouseup", this.release);
    this.redraw = () => this.draw();
    document.addEventListener("fp-theme", this.redraw);
    this.resize = new ResizeObserver(this.redraw);
    this.resize.observe(this.canvas);
    this.timer = setInterval(() => {
      // A tick gives way to a question that is under way: where answers take longer than from one tick to the next, none would ever be shown.
      if (!this.isAsking && this.options.from === null && !document.hidden && !this.brush) this.refresh();
    }, REFRESH_MILLISECONDS);
  }

  /** @param {import("./trend-view.js").Options} options */
  change(options) {
    this.options = options;
    this.refresh();
  }

  async refresh() {
    const generation = ++this.generation;
    const to = this.options.to ?? Date.now();
    const range = { from: this.options.from ?? to - this.options.rangeMs, to };
    const query = new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(to).toISOString() });
    if (this.options.instance) query.set("instance", this.options.instance);
    const service = `/api/v1/services/${encodeURIComponent(this.options.service)}`;
    const signal = patience();
    this.isAsking = true;
    try {
      const [pauses, longest] = await Promise.all([
        fetchJson(`${service}/pauses?${query}&step=${stepOf(range)}`, signal),
        fetchJson(`${service}/gcs?${query}&top=${TOP}`, signal),
      ]);
      if (generation !== this.generation) return; // A newer question is under way.
      this.data = { ...pauses, range, steps: pauses.steps.map((step) => ({ at: Date.parse(step.windowStart), counts: step.counts })) };
      this.problem.remove();
      this.draw();
      this.table.replaceChildren(tableOf(this.options.service, longest, JSON.parse(this.root.dataset.causes)));
    } catch (failure) {
      if (generation !== this.generation) return;
      this.problem.textContent = `The pauses could not be read: ${whyOf(failure)}${this.data ? " What you see may be old." : ""}`;
      this.root.prepend(this.problem);
    } finally {
      if (generation === this.generation) this.isAsking = false;
    }
  }

  draw() {
    if (!this.data || this.canvas.clientWidth === 0) return;
    paint(this.canvas, this.data);
    this.hover(null);
  }

  /** What lies under the pointer; the whole without one. @param {MouseEvent | null} event */
  hover(event) {
    if (!this.data) return;
    if (event && this.brush) this.stretch(event);
    const place = event && hit(this.data, this.layout(), event.offsetX, event.offsetY);
    const totals = sum(this.data);
    const all = totals.reduce((left, right) => left + right, 0);
    if (!place) {
      this.status.textContent = all === 0 ? "No pause was measured in this range." : `${count(all)} pauses, ${this.data.stepSeconds} s per column, times in UTC. Darker: more pauses. Drag to zoom, double-click to go back.`;
      return;
    }
    const length = nameOf(this.data.upperMs, place.bin);
    this.status.textContent = place.step
      ? `${place.step.at ? `${new Date(place.step.at).toISOString().slice(0, 19).replace("T", " ")} UTC, ` : ""}${length}: ${count(place.step.counts[place.bin] ?? 0)} pauses`
      : `${length}: ${count(totals[place.bin])} of ${count(all)} pauses`;
  }

  press(event) {
    if (event.button !== 0 || !this.data || event.offsetX < this.layout().left) return;
    this.brush = { from: event.offsetX, to: event.offsetX };
    event.preventDefault();
  }

  stretch(event) {
    this.brush.to = event.offsetX;
    const { left, right, top, bottom } = this.layout();
    const [from, to] = [Math.max(left, Math.min(this.brush.from, this.brush.to)), Math.min(right, Math.max(this.brush.from, this.brush.to))];
    Object.assign(this.selection.style, { left: `${from}px`, width: `${Math.max(0, to - from)}px`, top: `${top}px`, height: `${bottom - top}px` });
    this.selection.hidden = false;
  }

  finish() {
    const brush = this.brush;
    this.brush = null;
    this.selection.hidden = true;
    if (!brush || Math.abs(brush.to - brush.from) < 4) return;
    const layout = this.layout();
    const [from, to] = [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)].map((x) => timeAt(this.data, layout, x));
    this.page.invokeMethodAsync("OnBrush", from, to).catch(() => {});
  }

  layout() {
    return layOut(this.data, this.canvas.clientWidth, this.canvas.clientHeight);
  }

  stop() {
    clearInterval(this.timer);
    this.generation++;
    this.resize.disconnect();
    document.removeEventListener("mouseup", this.release);
    document.removeEventListener("fp-theme", this.redraw);
    this.root.replaceChildren();
  }
}

export const { start, update, stop } = living((root, options, page) => {
  const map = new PauseMap(root, options, page);
  map.refresh();
  return map;
});

/** Seconds of a column: a length that the silo has rolled up. @param {{ from: number, to: number }} range */
function stepOf(range) {
  const least = (range.to - range.from) / 1000 / MOST_COLUMNS;
  const unit = least > 600 ? 900 : least > 30 ? 60 : 10;
  return Math.min(LONGEST_STEP, Math.max(unit, Math.ceil(least / unit) * unit));
}

/** @param {string} service @param {any[]} gcs @param {Record<string, string>} causes their names for people */
function tableOf(service, gcs, causes) {
  if (gcs.length === 0) return make("p", { class: "fp-muted" }, "No GC was measured in this range.");
  const number = { class: "fp-num" };
  const rows = gcs.map((gc) => make("tr", { "data-fp-row": true },
    make("td", number, make("a", { href: addressOfGc(service, gc), title: "Phases, roots and heap of this GC" }, gc.pauseMs.toFixed(2))), make("td", number, gc.suspendMs.toFixed(2)), make("td", {}, `${gc.generation}${{ background: "B", foreground: "F" }[gc.kind] ?? "N"}`),
    make("td", {}, gc.reason), make("td", { title: gc.evidence || null }, causes[gc.cause] ?? gc.cause), make("td", number, (gc.promotedBytes / 1e6).toFixed(2)), make("td", { class: "fp-nowrap" }, new Date(gc.endedAt).toISOString().slice(0, 23).replace("T", " ")),
    make("td", number, String(gc.number)), make("td", {}, gc.version), make("td", { class: "fp-mono" }, gc.instance)));
  const heads = [["Pause MSec", true], ["Suspend Msec", true], ["Gen", false, "N blocking, B background, F foreground"], ["Trigger Reason", false], ["Cause", false, "Under the pointer: the evidence"], ["Promoted MB", true], ["Ended UTC", false], ["GC Index", true], ["Version", false], ["Instance", false]];
  return make("table", { class: "fp-table" },
    make("thead", {}, make("tr", {}, ...heads.map(([title, isNumber, hint]) => make("th", { scope: "col", class: isNumber ? "fp-num" : null, title: hint ?? null }, title)))),
    make("tbody", {}, ...rows));
}

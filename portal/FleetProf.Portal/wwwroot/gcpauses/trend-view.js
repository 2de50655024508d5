// The charts of a service: fetches, draws, refreshes; tells the page only which range was brushed.

import { patience, whyOf } from "../js/dom.js";
import { addressOf, countReasons, fetchMarkers, fetchTrend, sum } from "./trend-data.js";
import { loadUPlot, makePlots, timeIn, widthOf } from "./trend-plots.js";
import { showTable } from "./trend-table.js";

const REFRESH_MILLISECONDS = 10_000;
const SHORTEST_MILLISECONDS = 120_000;
// Megabytes are not asked for again every ten seconds.
const MANY_POINTS = 20_000;
const MANY_POINTS_TICKS = 6;

/**
 * @typedef {{ service: string, from: number | null, to: number | null, rangeMs: number, instance: string | null, isPerInstance: boolean, isByGeneration: boolean, isFine: boolean, address: string }} Options
 * @typedef {{ invokeMethodAsync(name: string, ...values: unknown[]): Promise<unknown> }} Page
 */

/** A young service would be a sliver at the right edge: where more than half of a relative range is empty, begin with the data. */
function withoutEmptiness(range, series) {
  const starts = series.filter(({ at }) => at.length > 0).map(({ at }) => at[0] * 1000);
  if (starts.length === 0) return range;
  const first = Math.min(...starts);
  if (first - range.from < (range.to - range.from) / 2) return range;
  const from = Math.min(first - (range.to - first) / 20, range.to - SHORTEST_MILLISECONDS);
  return from > range.from ? { from, to: range.to, first, isCut: true } : range;
}

export class Trends {
  /** @param {HTMLElement} root @param {Options} options @param {Page | null} page none while it is drawn early */
  constructor(root, options, page) {
    this.root = root;
    this.options = options;
    this.page = page;
    this.plots = [];
    this.generation = 0;
    this.data = null;
    this.markers = { deploys: [], captures: [] };
    this.isPressed = false;
    this.ticks = 0;
    root.innerHTML = `<p class="fp-problem" role="alert" hidden></p><div class="trend-grid"></div><p class="trend-status fp-muted" role="status"></p>
      <details class="trend-data"><summary>Same data as a table</summary><div class="fp-scroll"></div></details>`;
    this.problem = root.querySelector(".fp-problem");
    this.grid = root.querySelector(".trend-grid");
    this.status = root.querySelector(".trend-status");
    this.table = root.querySelector(".trend-data");
    this.redraw = () => this.draw();
    this.table.addEventListener("toggle", () => this.refresh()); // It has figures that the charts do not need.
    document.addEventListener("fp-theme", this.redraw);
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(this.grid);
    // Charts that are drawn anew forget the brush that is being drawn on them.
    this.listening = new AbortController();
    const { signal } = this.listening;
    const press = (isPressed, isBrush) => {
      this.isPressed = isPressed;
      this.grid.classList.toggle("is-brushed", isBrush);
    };
    this.grid.addEventListener("pointerdown", (event) => press(true, !event.target.closest(".trend-marker")), { signal });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => press(false, false), { signal });
    this.timer = setInterval(() => {
      this.ticks++;
      const isDue = this.ticks % (Number(this.root.dataset.painted ?? 0) > MANY_POINTS ? MANY_POINTS_TICKS : 1) === 0;
      // A tick gives way to a question that is under way: where answers take longer than from one tick to the next, none would ever be shown.
      const isAsking = this.root.hasAttribute("data-loading");
      if (isDue && !isAsking && this.page && this.options.from === null && !document.hidden && !this.isPressed) this.refresh({ isTick: true });
    }, REFRESH_MILLISECONDS);
  }

  /** @param {Options} options */
  change(options) {
    const isOtherInstance = options.instance !== this.options.instance;
    this.options = options;
    this.refresh();
    // Instances are chosen far below the charts: show what was chosen.
    if (isOtherInstance && this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView();
  }

  /** Shows in its place what was drawn elsewhere. @param {HTMLElement} root */
  settle(root) {
    root.replaceChildren(...this.root.childNodes);
    root.toggleAttribute("data-loading", this.root.hasAttribute("data-loading"));
    if (this.root.dataset.painted) root.dataset.painted = this.root.dataset.painted;
    this.root.remove();
    this.root = root;
    performance.mark("trend-settled");
  }

  /** @param {{ isTick?: boolean, early?: { address: string, from: number, to: number, place: Promise<void> } }} how early: what the page itself has asked for, and when there is a place to draw it */
  async refresh({ isTick = false, early } = {}) {
    const generation = ++this.generation;
    // What the page itself has asked for goes by the clock of its portal.
    const now = early && this.options.to === null ? early.to : Date.now();
    const to = early?.to ?? this.options.to ?? now;
    const range = { from: early?.from ?? this.options.from ?? to - this.options.rangeMs, to };
    const signal = patience();
    this.root.toggleAttribute("data-loading", true);
    try {
      const markers = fetchMarkers(this.options, range, signal).then((found) => { if (generation === this.generation) this.markers = found; });
      markers.catch(() => {}); // Told below, after the points.
      const [trend] = await Promise.all([fetchTrend(early?.address ?? addressOf(this.options, range, this.table.open), this.options.isPerInstance && !this.options.instance, signal), loadUPlot(), early?.place]);
      if (generation !== this.generation) return; // A newer question is under way.
      if (isTick && this.isPressed) return; // The next tick brings it.
      performance.mark("trend-ready");
      this.data = { ...trend, now, range: this.options.from === null ? withoutEmptiness(range, trend.series) : range };
      this.problem.hidden = true;
      const drawn = this.markers;
      this.draw();
      performance.mark("trend-drawn");
      const painted = this.tellPainted().then(() => document.dispatchEvent(new Event("fp-painted")));
      if (early) await painted; // Markers that come now are drawn after it.
      await markers;
      if (generation === this.generation && drawn !== this.markers) for (const plot of this.plots) plot.redraw(false);
    } catch (failure) {
      if (generation !== this.generation) return;
      this.problem.textContent = `The trend could not be read: ${whyOf(failure)}${this.data ? " What you see may be old." : ""}`;
      this.problem.hidden = false;
    } finally {
      if (generation === this.generation) this.root.removeAttribute("data-loading");
    }
  }

  /** For measurements: how long it took from the answer to what is seen. The second frame begins when the first one has been shown; a hidden page has none. */
  async tellPainted() {
    const { generation } = this;
    if (document.hidden) return;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    if (generation !== this.generation) return;
    performance.clearMeasures("trend-data-to-painted");
    performance.measure("trend-data-to-painted", "trend-fetched");
    this.root.dataset.painted = String(this.data.series.reduce((count, { at }) => count + at.length, 0));
  }

  draw() {
    if (!this.data) return;
    const cursors = this.plots.map(({ cursor }) => ({ left: cursor.left, top: cursor.top }));
    this.clear();
    this.plots = [...this.makePlots()];
    // Who reads a value under the pointer keeps it over a refresh.
    this.plots.forEach((plot, i) => { if (cursors[i]?.left >= 0) plot.setCursor(cursors[i], true, false); });
    this.tell();
  }

  makePlots() {
    return makePlots(this.grid, { ...this.data, markers: () => this.markers }, this.options, {
      brush: (from, to) => this.page?.invokeMethodAsync("OnBrush", from * 1000, to * 1000).catch(() => {}),
      reset: () => this.page?.invokeMethodAsync("OnDoubleClick").catch(() => {}),
    });
  }

  /** What the charts do not show by themselves. */
  tell() {
    const { series, stepSeconds, hiddenInstances } = this.data;
    const [gcs, missed, reasons] = [sum(series, "gcCount"), sum(series, "missedGcCount"), countReasons(series)];
    this.status.textContent = series.every(({ at }) => at.length === 0)
      ? "Nothing was measured in this range. Choose a longer one, or look on Fleet whether the instances are watched."
      : `${gcs.toLocaleString("en")} GCs${reasons.length > 0 ? ` (${reasons.map(([reason, count]) => `${reason} ${count.toLocaleString("en")}`).join(", ")})` : ""}, ${stepSeconds} s per point, times in UTC`
        + (this.data.range.isCut ? `, nothing before ${timeIn(this.data.range, this.data.range.first)} in this range` : "")
        + (missed > 0 ? `, ${missed.toLocaleString("en")} GCs missed (events were lost)` : "")
        + (hiddenInstances > 0 ? `, ${hiddenInstances} calmer instances not drawn` : "")
        + ". Drag to zoom, double-click to go back; shaded: not all instances were watched.";
    showTable(this.table.querySelector(".fp-scroll"), this.table.open ? series : [], this.options);
  }

  fit() {
    const widths = this.plots.map((plot) => widthOf(plot.root.parentElement));
    this.plots.forEach((plot, i) => {
      if (widths[i] > 0 && widths[i] !== plot.width) plot.setSize({ width: widths[i], height: plot.height });
    });
  }

  clear() {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    this.grid.replaceChildren();
  }

  stop() {
    clearInterval(this.timer);
    this.listening.abort();
    this.generation++;
    this.resize.disconnect();
    document.removeEventListener("fp-theme", this.redraw);
    this.clear();
  }
}

// The charts of a service: fetches, draws, refreshes; tells the page only which range was brushed.

import { countReasons, fetchMarkers, fetchTrend, sum } from "./trend-data.js";
import { loadUPlot, makePlots } from "./trend-plots.js";
import { showTable } from "./trend-table.js";

const REFRESH_MILLISECONDS = 10_000;
const SHORTEST_MILLISECONDS = 120_000;
// Megabytes are not asked for again every ten seconds.
const MANY_POINTS = 20_000;
const MANY_POINTS_TICKS = 6;

/**
 * @typedef {{ service: string, from: number | null, to: number | null, rangeMs: number, instance: string | null, isPerInstance: boolean, isByGeneration: boolean, isFine: boolean }} Options
 * @typedef {{ invokeMethodAsync(name: string, ...values: unknown[]): Promise<unknown> }} Page
 */

/** @type {WeakMap<HTMLElement, Trends>} */
const running = new WeakMap();

/** @param {HTMLElement} root @param {Options} options @param {Page} page */
export async function start(root, options, page) {
  running.get(root)?.stop();
  await loadUPlot();
  const trends = new Trends(root, options, page);
  running.set(root, trends);
  trends.refresh();
}

/** @param {HTMLElement} root @param {Options} options */
export function update(root, options) {
  const trends = running.get(root);
  if (!trends) throw new Error("the charts were not started");
  const isOtherInstance = options.instance !== trends.options.instance;
  trends.options = options;
  trends.refresh();
  // Instances are chosen far below the charts: show what was chosen.
  if (isOtherInstance && root.getBoundingClientRect().top < 0) root.scrollIntoView();
}

/** @param {HTMLElement} root */
export function stop(root) {
  running.get(root)?.stop();
  running.delete(root);
}

/** A young service would be a sliver at the right edge: where more than half of a relative range is empty, begin with the data. */
function withoutEmptiness(range, series) {
  const starts = series.filter(({ at }) => at.length > 0).map(({ at }) => at[0] * 1000);
  if (starts.length === 0) return range;
  const first = Math.min(...starts);
  if (first - range.from < (range.to - range.from) / 2) return range;
  const from = Math.min(first - (range.to - first) / 20, range.to - SHORTEST_MILLISECONDS);
  return from > range.from ? { from, to: range.to, first, isCut: true } : range;
}

/** Inside a figure, in pixels. @param {HTMLElement | null} figure */
function widthOf(figure) {
  if (!figure) return 0;
  const style = getComputedStyle(figure);
  return Math.floor(figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}

class Trends {
  /** @param {HTMLElement} root @param {Options} options @param {Page} page */
  constructor(root, options, page) {
    this.root = root;
    this.options = options;
    this.page = page;
    this.plots = [];
    this.generation = 0;
    this.data = null;
    this.isPressed = false;
    this.ticks = 0;
    root.innerHTML = `<p class="fp-problem" role="alert" hidden></p><div class="trend-grid"></div><p class="trend-status fp-muted" role="status"></p>
      <details class="trend-data"><summary>Same data as a table</summary><div class="fp-scroll"></div></details>`;
    this.problem = root.querySelector(".fp-problem");
    this.grid = root.querySelector(".trend-grid");
    this.status = root.querySelector(".trend-status");
    this.table = root.querySelector(".trend-data");
    this.redraw = () => this.draw();
    this.table.addEventListener("toggle", this.redraw);
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
      if (isDue && this.options.from === null && !document.hidden && !this.isPressed) this.refresh({ isTick: true });
    }, REFRESH_MILLISECONDS);
  }

  async refresh({ isTick = false } = {}) {
    const generation = ++this.generation;
    const to = this.options.to ?? Date.now();
    const range = { from: this.options.from ?? to - this.options.rangeMs, to };
    this.root.toggleAttribute("data-loading", true);
    try {
      const [trend, markers] = await Promise.all([fetchTrend(this.options, range), fetchMarkers(this.options, range)]);
      if (generation !== this.generation) return; // A newer question is under way.
      if (isTick && this.isPressed) return; // The next tick brings it.
      performance.mark("trend-ready");
      this.data = { ...trend, ...markers, range: this.options.from === null ? withoutEmptiness(range, trend.series) : range };
      this.problem.hidden = true;
      this.draw();
      performance.mark("trend-drawn");
      this.tellPainted(generation);
    } catch (failure) {
      if (generation !== this.generation) return;
      this.problem.textContent = `The trend could not be read: ${failure instanceof Error ? failure.message : failure}${this.data ? " What you see may be old." : ""}`;
      this.problem.hidden = false;
    } finally {
      if (generation === this.generation) this.root.removeAttribute("data-loading");
    }
  }

  /** For measurements: how long it took from the answer to what is seen. The second frame begins when the first one has been shown. */
  tellPainted(generation) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (generation !== this.generation) return;
      performance.clearMeasures("trend-data-to-painted");
      performance.measure("trend-data-to-painted", "trend-fetched");
      this.root.dataset.painted = String(this.data.series.reduce((count, { at }) => count + at.length, 0));
    }));
  }

  draw() {
    if (!this.data) return;
    const cursors = this.plots.map(({ cursor }) => ({ left: cursor.left, top: cursor.top }));
    this.clear();
    const { series, stepSeconds, hiddenInstances } = this.data;
    this.plots = makePlots(this.grid, this.data, this.options, {
      brush: (from, to) => this.page.invokeMethodAsync("OnBrush", from * 1000, to * 1000).catch(() => {}),
      reset: () => this.page.invokeMethodAsync("OnDoubleClick").catch(() => {}),
    });
    this.fit();
    // Who reads a value under the pointer keeps it over a refresh.
    this.plots.forEach((plot, i) => { if (cursors[i]?.left >= 0) plot.setCursor(cursors[i], true, false); });
    const [gcs, missed, reasons] = [sum(series, "gcCount"), sum(series, "missedGcCount"), countReasons(series)];
    this.status.textContent = series.every(({ at }) => at.length === 0)
      ? "Nothing was measured in this range. Choose a longer one, or look on Fleet whether the instances are watched."
      : `${gcs.toLocaleString("en")} GCs${reasons.length > 0 ? ` (${reasons.map(([reason, count]) => `${reason} ${count.toLocaleString("en")}`).join(", ")})` : ""}, ${stepSeconds} s per point, times in UTC`
        + (this.data.range.isCut ? `, nothing before ${new Date(this.data.range.first).toISOString().slice(11, 19)} in this range` : "")
        + (missed > 0 ? `, ${missed.toLocaleString("en")} GCs missed (events were lost)` : "")
        + (hiddenInstances > 0 ? `, ${hiddenInstances} calmer instances not drawn` : "")
        + ". Drag to zoom, double-click to go back; shaded: not all instances were watched.";
    showTable(this.table.querySelector(".fp-scroll"), this.table.open ? series : [], this.options);
  }

  fit() {
    // All widths are read before the first is changed: the browser lays out the page once instead of once per chart.
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

// Six uPlot charts with one cursor: pauses, time in GC, heap by generation, allocation rate, GCs by generation and by reason.

import { make } from "../js/dom.js";
import { countReasons } from "./trend-data.js";
import { densePath } from "./trend-dense.js";

const HEIGHT = 190;
const MEGA = 1e6;
const DENSE_POINTS = 2_000;
const WINDOW_SECONDS = 10;
// By decimals at most. Each use of toLocaleString would make one of its own, which costs more than to draw the figure.
const FORMATS = [0, 1, 2].map((maximumFractionDigits) => new Intl.NumberFormat("en", { maximumFractionDigits }));

let loading = null;

/** Loads the vendored script once; it defines a global. */
export function loadUPlot() {
  loading ??= new Promise((done, fail) => {
    document.head.append(make("script", {
      src: import.meta.resolve("../lib/uplot/1.6.32/uPlot.iife.min.js"),
      onload: () => done(undefined),
      onerror: () => {
        loading = null;
        fail(new Error("uPlot could not be loaded"));
      },
    }));
  });
  return loading;
}

/**
 * One after the other, each drawn before the next is asked for where the caller lets the browser draw.
 * @param {HTMLElement} grid
 * @param {{ series: import("./trend-data.js").Series[], stepSeconds: number, now: number, markers: () => { deploys: any[], captures: any[] }, range: { from: number, to: number } }} data now: when it was asked for, milliseconds since 1970
 * @param {import("./trend-view.js").Options} options
 * @param {{ brush(from: number, to: number): void, reset(): void }} events seconds since 1970
 */
export function* makePlots(grid, data, options, events) {
  const look = readLook(grid);
  const charts = data.isDense ? dense(data, look) : options.isPerInstance && !options.instance ? perInstance(data, look) : merged(options, look, data);
  const sync = globalThis.uPlot.sync("fleetprof-trends");
  const figures = charts.map((chart) => make("figure", { class: "trend" }, make("figcaption", {}, chart.title, make("span", { class: "fp-muted" }, ` ${chart.unit}`))));
  grid.append(...figures);
  // All widths are read before the first chart is put in: the browser lays out the page once instead of once per chart.
  const widths = figures.map(widthOf);
  for (const [index, chart] of charts.entries()) {
    const columns = chart.columns?.() ?? columnsOf(chart, data.series[0]);
    const plot = new globalThis.uPlot({ ...plotOptions(chart, data, look, events, sync, index === 0), width: widths[index] || 400 }, columns, figures[index]);
    sync.sub(plot);
    yield plot;
  }
}

/** Inside a figure, in pixels. @param {HTMLElement | null} figure */
export function widthOf(figure) {
  if (!figure) return 0;
  const style = getComputedStyle(figure);
  return Math.floor(figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}

/** @param {Element} element */
function readLook(element) {
  const style = getComputedStyle(element);
  const color = (/** @type {string} */ name) => style.getPropertyValue(`--fp-${name}`).trim();
  return {
    text: color("muted"), grid: color("grid"), warn: color("warn"), deploy: color("deploy"), capture: color("capture"),
    series: [1, 2, 3, 4, 5, 6].map((number) => color(`series-${number}`)),
    font: `11px ${style.fontFamily}`,
  };
}

/**
 * A line is a label, what it shows of a series, and how.
 * @param {import("./trend-view.js").Options} options
 */
function merged(options, look, data) {
  const [first, second, third, fourth, fifth] = look.series;
  const percentiles = [["max", of("maxPauseMs"), fifth], ["p99", of("pauseP99Ms"), fourth], ["p95", of("pauseP95Ms"), second], ["p50", of("pauseP50Ms"), first]];
  const generations = [["gen2 p99", of("gen2PauseP99Ms"), fourth], ["gen1 p99", of("gen1PauseP99Ms"), second], ["gen0 p99", of("gen0PauseP99Ms"), first]];
  return [
    { title: options.isByGeneration ? "GC pause p99 by generation" : "GC pause", unit: "ms", lines: options.isByGeneration ? generations : percentiles },
    { title: "Time in GC", unit: "% of wall time", lines: [["in GC", watched("timeInGcPercent"), fourth]], filled: true },
    {
      title: "Heap after GC, by generation", unit: "MB, mean per instance", stacked: true,
      lines: [["gen2", mega("gen2Bytes"), first], ["LOH", mega("lohBytes"), second], ["POH", mega("pohBytes"), third], ["gen1", mega("gen1Bytes"), fourth], ["gen0", mega("gen0Bytes"), fifth]],
    },
    { title: "Allocation rate", unit: "MB/s, mean per instance", lines: [["allocated", watched("allocatedBytesPerSecond", (bytes) => bytes / MEGA), third]], filled: true },
    {
      title: "GCs by generation", unit: "per minute, all instances", stacked: true,
      lines: [["gen2", perMinute("gen2Count", data), fourth], ["gen1", perMinute("gen1Count", data), second], ["gen0", perMinute("gen0Count", data), first]],
    },
    {
      title: "GCs by trigger reason", unit: "per minute, all instances", stacked: true,
      lines: reasonsOf(data.series).map((reason, i) => [reason, perMinute(`reasons.${reason}`, data), look.series[i % look.series.length]]),
    },
  ];
}

/** The rarest first: what is stacked at the top is the most frequent. @param {import("./trend-data.js").Series[]} series */
function reasonsOf(series) {
  const counts = countReasons(series);
  return counts.length > 0 ? counts.map(([reason]) => reason).reverse() : ["none told"];
}

const of = (name) => ({ columns }) => columns[name];

const mega = (name) => ({ columns }) => mapped(columns[name], (bytes) => (bytes === null ? null : bytes / MEGA));

/** Nothing where nobody watched. */
const watched = (name, convert = (value) => value) => ({ columns }) => mapped(columns[name], (value, i) => (value === null || !(columns.observedFraction[i] > 0) ? null : convert(value)));

const perMinute = (name, data) => ({ at, columns }) =>
  mapped(columns[name] ?? new Float32Array(at.length), (count, i) => (count === null || !(columns.observedFraction[i] > 0) ? null : count * 60 / passed(at[i], data)));

/** Seconds of a step that were over when it was asked for: the newest one has just begun, and what it counts is not that of a whole one. */
const passed = (at, { stepSeconds, now }) => Math.min(stepSeconds, Math.max(WINDOW_SECONDS, now / 1000 - at));

/** Always a list that can hold null, which a typed array cannot. */
function mapped(column, convert) {
  const list = new Array(column.length);
  for (let i = 0; i < column.length; i++) list[i] = convert(column[i], i);
  return list;
}

function perInstance(data, look) {
  const charts = [
    ["GC pause p99", "ms", of("pauseP99Ms")], ["Time in GC", "% of wall time", watched("timeInGcPercent")],
    ["Heap after GC", "MB", mega("heapBytes")], ["Allocation rate", "MB/s", watched("allocatedBytesPerSecond", (bytes) => bytes / MEGA)],
    ["GCs", "per minute", perMinute("gcCount", data)], ["Gen2 GCs", "per minute", perMinute("gen2Count", data)],
  ];
  // Series of one time axis need no joining, which costs more than the drawing.
  const isAligned = data.series.every((series) => isSame(series.at, data.series[0].at));
  return charts.map(([title, unit, get]) => ({
    title, unit,
    lines: data.series.map((series, i) => [shortName(series.instance), get, look.series[i % look.series.length], i >= look.series.length ? [4, 3] : undefined]),
    columns: () => data.series.length === 0 ? [[]]
      : isAligned ? [data.series[0].at, ...data.series.map(get)]
        : globalThis.uPlot.join(data.series.map((series) => [series.at, get(series)]), data.series.map(() => [1, 2])),
  }));
}

/** Lines that are drawn from the bytes as they came: the axis is in the unit of the chart, the lines have a scale of their own in the unit of the figures. */
function dense(data, look) {
  const perMinute = 60 / data.stepSeconds;
  const charts = [
    ["GC pause p99", "ms", "pauseP99Ms", 1], ["Time in GC", "% of wall time", "timeInGcPercent", 1], ["Heap after GC", "MB", "heapBytes", 1 / MEGA],
    ["Allocation rate", "MB/s", "allocatedBytesPerSecond", 1 / MEGA], ["GCs", "per minute", "gcCount", perMinute], ["Gen2 GCs", "per minute", "gen2Count", perMinute],
  ];
  return charts.map(([title, unit, name, factor]) => {
    const columns = data.series.map((series) => (name.endsWith("Count") ? completed(watchedOf(series, name), series.at, data) : watchedOf(series, name)));
    const most = columns.reduce((high, column) => (column.at(-1) > high ? column.at(-1) : high), data.most[name]);
    return {
      title, unit, factor, top: topOf(most * factor),
      lines: data.series.map(({ instance }, i) => [shortName(instance), null, look.series[i % look.series.length]]),
      columns: () => [data.series[0]?.at ?? [], ...columns],
    };
  });
}

/** As the bytes came where all of it was watched; not a number where nobody watched. */
function watchedOf({ columns }, name) {
  const { observedFraction } = columns;
  return observedFraction.includes(0) ? columns[name].map((value, i) => (observedFraction[i] > 0 ? value : NaN)) : columns[name];
}

/** Counts of which those of a step that is not over are what a whole one would have at that rate: all of a chart have one factor. */
function completed(column, at, data) {
  let whole = column;
  for (let i = at.length - 1; i >= 0 && passed(at[i], data) < data.stepSeconds; i--) {
    if (whole === column) whole = column.slice();
    whole[i] *= data.stepSeconds / passed(at[i], data);
  }

  return whole;
}

const topOf = (high) => (high > 0 ? high * 1.08 : 1);

function isSame(left, right) {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function columnsOf(chart, series) {
  if (!series) return [[], ...chart.lines.map(() => [])];
  const columns = [series.at, ...chart.lines.map(([, get]) => get(series))];
  if (!chart.stacked) return columns;
  chart.raw = columns;
  const sums = new Float64Array(series.at.length);
  return columns.map((column, i) => (i === 0 ? column : mapped(column, (value, at) => (value === null ? null : (sums[at] += value)))));
}

function plotOptions(chart, data, look, events, sync, isFirst) {
  const { factor, top } = chart; // Of dense charts only.
  // Where several points fall on each pixel, dashes and joints cannot be seen, and cost most of the time.
  const isDense = data.series.some(({ at }) => at.length > DENSE_POINTS);
  const axis = { stroke: look.text, font: look.font, grid: { stroke: look.grid, width: 1 }, ticks: { stroke: look.grid, width: 1, size: 4 } };
  return {
    height: HEIGHT, tzDate: (seconds) => globalThis.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: [data.range.from / 1000, data.range.to / 1000] },
      y: top ? { auto: false, range: [0, top] } : { range: (_, low, high) => [0, topOf(high)] },
      ...(top && { raw: { auto: false, range: [0, top / factor] } }),
    },
    axes: [
      { ...axis, size: 26, gap: 3, space: 70, values: timeLabels },
      { ...axis, size: 52, values: (_, values) => values.map((value) => FORMATS[2].format(value)) },
    ],
    series: [
      { label: "UTC", value: (_, at) => (at == null ? "–" : timeIn(data.range, at * 1000)) },
      ...chart.lines.map(([label, , stroke, dash], i) => ({
        ...(top && { scale: "raw", paths: densePath }),
        label, stroke, dash: isDense ? undefined : dash, width: isDense ? 1 : 1.5, points: { show: data.series.every(({ at }) => at.length < 3) },
        fill: (chart.filled || (chart.stacked && i === 0)) && stroke ? `${stroke}33` : undefined,
        value: (plot, value, _, at) => text(chart.raw && at != null ? chart.raw[i + 1][at] : factor && value != null ? value * factor : value),
      })),
    ],
    bands: chart.stacked ? chart.lines.slice(1).map(([, , stroke], i) => ({ series: [i + 2, i + 1], fill: `${stroke}55` })) : undefined,
    legend: { live: true, markers: { width: 2 } },
    cursor: {
      // Only the place of the cursor is shared: a brush on one chart must not fire on all.
      sync: { key: sync.key, filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => { events.reset(); return null; } },
      points: { size: 5 },
    },
    hooks: {
      setSelect: [(plot) => {
        const { left, width } = plot.select;
        if (width < 4) return;
        const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        events.brush(from, to);
      }],
      ready: [showLast],
      setCursor: [showLast],
      drawClear: [(plot) => shadeGaps(plot, data, look)],
      draw: [(plot) => drawMarkers(plot, data, look, isFirst)],
    },
  };
}

/** Away from the chart the legend tells the newest values. */
function showLast(plot) {
  if (plot.cursor.idx == null && plot.data[0].length > 0) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

/** Starts of the windows that were not wholly watched. @param {import("./trend-data.js").Series[]} series */
function gapsOf(series) {
  const starts = new Set();
  for (const { at, columns } of series) {
    for (let i = 0; i < at.length; i++) if (columns.observedFraction[i] !== null && columns.observedFraction[i] < 0.995) starts.add(at[i]);
  }

  return starts;
}

/** Windows in which not every instance was watched all the time. */
function shadeGaps(plot, data, look) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = `${look.warn}2e`;
  // Several instances may have the same window: shade it once.
  for (const from of data.gaps ??= gapsOf(data.series)) {
    const left = plot.valToPos(from, "x", true);
    ctx.fillRect(left, bbox.top, Math.max(1, plot.valToPos(from + data.stepSeconds, "x", true) - left), bbox.height);
  }
  ctx.restore();
}

function drawMarkers(plot, data, look, isFirst) {
  const { ctx, bbox, over } = plot;
  over.querySelectorAll(".trend-marker").forEach((old) => old.remove());
  for (const [markers, kind, color] of [[data.markers().captures, "capture", look.capture], [data.markers().deploys, "deploy", look.deploy]]) {
    for (const marker of markers) {
      const x = plot.valToPos(marker.at, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.save();
      ctx.strokeStyle = color;
      ctx.lineWidth = kind === "deploy" ? 1.5 * devicePixelRatio : 1;
      ctx.setLineDash(kind === "deploy" ? [5, 3] : [1, 4]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
      over.append(link(marker, kind, plot.valToPos(marker.at, "x"), over.clientWidth, isFirst));
    }
  }
}

function link(marker, kind, left, width, isFirst) {
  const anchor = document.createElement("a");
  anchor.className = `trend-marker trend-${kind}`;
  anchor.href = marker.href;
  anchor.title = marker.title;
  anchor.setAttribute("aria-label", marker.title);
  if (!isFirst) anchor.tabIndex = -1; // The same marker can be reached in the first chart.
  anchor.textContent = isFirst ? marker.text : "";
  anchor.style.left = `${left}px`;
  anchor.classList.toggle("trend-left", left > width - 60);
  anchor.addEventListener("mousedown", (event) => event.stopPropagation());
  return anchor;
}

/** "12:30:05", with its day where the range has several. @param {{ from: number, to: number }} range @param {number} at milliseconds since 1970, in UTC as the range */
export function timeIn({ from, to }, at) {
  const [first, last, time] = [from, to, at].map((milliseconds) => new Date(milliseconds).toISOString());
  return first.slice(0, 10) === last.slice(0, 10) ? time.slice(11, 19) : time.slice(0, 19).replace("T", " ");
}

/** Whole days where they begin, hours and minutes, seconds only when they are needed. */
function timeLabels(_, values, __, ___, step) {
  return values.map((at) => {
    const iso = new Date(at * 1000).toISOString();
    return at % 86_400 === 0 ? iso.slice(5, 10) : iso.slice(11, step < 60 ? 19 : 16);
  });
}

function shortName(instance) {
  return instance.length > 18 ? `…${instance.slice(-16)}` : instance;
}

function text(value) {
  return value == null || Number.isNaN(value) ? "–" : FORMATS[value >= 100 ? 0 : value >= 10 ? 1 : 2].format(value);
}

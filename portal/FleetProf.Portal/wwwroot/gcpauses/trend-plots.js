// Four uPlot charts with one cursor: pauses, time in GC, heap by generation, allocation rate.

import { toColumns } from "./trend-data.js";

const HEIGHT = 190;
const BASE = new URL("../lib/uplot/1.6.32/", import.meta.url);
const MEGA = 1e6;

let loading = null;

/** Loads the vendored script once; it defines a global. */
export function loadUPlot() {
  loading ??= new Promise((done, fail) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("uPlot.min.css", BASE).href;
    const script = document.createElement("script");
    script.src = new URL("uPlot.iife.min.js", BASE).href;
    script.onload = () => done(undefined);
    script.onerror = () => {
      loading = null;
      fail(new Error("uPlot could not be loaded"));
    };
    document.head.append(style, script);
  });
  return loading;
}

/**
 * @param {HTMLElement} grid
 * @param {{ points: any[], stepSeconds: number, instances: string[], deploys: any[], captures: any[], range: { from: number, to: number } }} data
 * @param {import("./trends.js").Options} options
 * @param {{ brush(from: number, to: number): void, reset(): void }} events seconds since 1970
 */
export function makePlots(grid, data, options, events) {
  const look = readLook(grid);
  const charts = options.isPerInstance && !options.instance ? perInstance(data, look) : merged(options, look);
  const sync = globalThis.uPlot.sync("fleetprof-trends");
  return charts.map((chart, index) => {
    const figure = document.createElement("figure");
    figure.className = "trend";
    const caption = document.createElement("figcaption");
    caption.textContent = chart.title;
    const unit = document.createElement("span");
    unit.className = "fp-muted";
    unit.textContent = ` ${chart.unit}`;
    caption.append(unit);
    figure.append(caption);
    grid.append(figure);
    const columns = chart.columns ?? columnsOf(chart, data);
    const plot = new globalThis.uPlot(plotOptions(chart, data, look, events, sync, index === 0), columns, figure);
    sync.sub(plot);
    return plot;
  });
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

/** @param {import("./trends.js").Options} options */
function merged(options, look) {
  const [first, second, third, fourth, fifth] = look.series;
  const percentiles = [["max", (p) => p.maxPauseMs, fifth], ["p99", (p) => p.pauseP99Ms, fourth], ["p95", (p) => p.pauseP95Ms, second], ["p50", (p) => p.pauseP50Ms, first]];
  const generations = [["gen2 p99", (p) => p.gen2PauseP99Ms, fourth], ["gen1 p99", (p) => p.gen1PauseP99Ms, second], ["gen0 p99", (p) => p.gen0PauseP99Ms, first]];
  return [
    { title: options.isByGeneration ? "GC pause p99 by generation" : "GC pause", unit: "ms", lines: options.isByGeneration ? generations : percentiles },
    { title: "Time in GC", unit: "% of wall time", lines: [["in GC", (p) => (p.gcCount > 0 || p.observedFraction > 0 ? p.timeInGcPercent : null), fourth]], filled: true },
    {
      title: "Heap after GC, by generation", unit: "MB, mean per instance", stacked: true,
      lines: [
        ["gen2", (p) => mega(p.gen2Bytes), first], ["LOH", (p) => mega(p.lohBytes), second], ["POH", (p) => mega(p.pohBytes), third],
        ["gen1", (p) => mega(p.gen1Bytes), fourth], ["gen0", (p) => mega(p.gen0Bytes), fifth],
      ],
    },
    { title: "Allocation rate", unit: "MB/s, mean per instance", lines: [["allocated", (p) => (p.observedFraction > 0 ? mega(p.allocatedBytesPerSecond) : null), third]], filled: true },
  ];
}

function perInstance(data, look) {
  const charts = [
    ["GC pause p99", "ms", (p) => p.pauseP99Ms], ["Time in GC", "% of wall time", (p) => p.timeInGcPercent],
    ["Heap after GC", "MB", (p) => mega(p.heapBytes)], ["Allocation rate", "MB/s", (p) => mega(p.allocatedBytesPerSecond)],
  ];
  return charts.map(([title, unit, get]) => {
    const tables = data.instances.map((instance) => toColumns(data.points.filter((point) => point.instance === instance), data.stepSeconds, [get]));
    return {
      title, unit,
      lines: data.instances.map((instance, i) => [shortName(instance), get, look.series[i % look.series.length], i >= look.series.length ? [4, 3] : undefined]),
      columns: tables.length > 0 ? globalThis.uPlot.join(tables, tables.map(() => [1, 2])) : [[], ...[]],
    };
  });
}

function columnsOf(chart, data) {
  const columns = toColumns(data.points, data.stepSeconds, chart.lines.map(([, get]) => get));
  if (!chart.stacked) return columns;
  chart.raw = columns;
  const sums = columns[0].map(() => 0);
  return columns.map((column, i) => (i === 0 ? column : column.map((value, at) => (value === null ? null : (sums[at] += value)))));
}

function plotOptions(chart, data, look, events, sync, isFirst) {
  const axis = { stroke: look.text, font: look.font, grid: { stroke: look.grid, width: 1 }, ticks: { stroke: look.grid, width: 1, size: 4 } };
  return {
    width: 400, height: HEIGHT, tzDate: (seconds) => globalThis.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: [data.range.from / 1000, data.range.to / 1000] },
      y: { range: (_, low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      { ...axis, size: 26, gap: 3, space: 70, values: timeLabels },
      { ...axis, size: 52, values: (_, values) => values.map((value) => value.toLocaleString("en", { maximumFractionDigits: 2 })) },
    ],
    series: [
      { label: "UTC", value: (_, at) => (at == null ? "–" : new Date(at * 1000).toISOString().slice(11, 19)) },
      ...chart.lines.map(([label, , stroke, dash], i) => ({
        label, stroke, dash, width: 1.5, points: { show: data.points.length < 3 },
        fill: (chart.filled || (chart.stacked && i === 0)) && stroke ? `${stroke}33` : undefined,
        value: (plot, value, _, at) => text(chart.raw && at != null ? chart.raw[i + 1][at] : value),
      })),
    ],
    bands: chart.stacked ? chart.lines.slice(1).map(([, , stroke], i) => ({ series: [i + 2, i + 1], fill: `${stroke}55` })) : undefined,
    legend: { live: true, markers: { width: 2 } },
    cursor: {
      // Only the place of the cursor is shared: a brush on one chart must not fire on all four.
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

/** Windows in which not every instance was watched all the time. */
function shadeGaps(plot, data, look) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = `${look.warn}2e`;
  // Several instances may have the same window: shade it once.
  const starts = new Set(data.points.filter((point) => point.observedFraction < 0.995).map((point) => Date.parse(point.windowStart) / 1000));
  for (const from of starts) {
    const left = plot.valToPos(from, "x", true);
    ctx.fillRect(left, bbox.top, Math.max(1, plot.valToPos(from + data.stepSeconds, "x", true) - left), bbox.height);
  }
  ctx.restore();
}

function drawMarkers(plot, data, look, isFirst) {
  const { ctx, bbox, over } = plot;
  over.querySelectorAll(".trend-marker").forEach((old) => old.remove());
  for (const [markers, kind, color] of [[data.captures, "capture", look.capture], [data.deploys, "deploy", look.deploy]]) {
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

function mega(bytes) {
  return bytes == null ? null : bytes / MEGA;
}

function text(value) {
  return value == null ? "–" : value.toLocaleString("en", { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });
}

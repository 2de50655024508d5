// Paints pauses by length: bars of their number, and beside them, over the same lengths, when they were.

const LABELS = 54;
const BARS = 130;
const GAP = 10;
const AXIS = 22;
const TOP = 4;

/**
 * @typedef {{ upperMs: number[], stepSeconds: number, steps: { at: number, counts: number[] }[], range: { from: number, to: number } }} PauseData
 * @typedef {{ first: number, last: number, left: number, right: number, top: number, bottom: number, row: number }} Layout bins first to last from below; pixels
 */

/** Where things lie on a canvas of this size. @param {PauseData} data @param {number} width @param {number} height @returns {Layout} */
export function layOut(data, width, height) {
  const totals = sum(data);
  const filled = totals.map((count, bin) => (count > 0 ? bin : -1)).filter((bin) => bin >= 0);
  const first = Math.max(0, (filled[0] ?? 5) - 1);
  const last = Math.min(data.upperMs.length, (filled[filled.length - 1] ?? 15) + 1);
  const [top, bottom] = [TOP, height - AXIS];
  return { first, last, left: LABELS + BARS + GAP, right: width - 8, top, bottom, row: (bottom - top) / (last - first + 1) };
}

/** Pauses per bin over all steps. @param {PauseData} data */
export function sum(data) {
  const totals = new Array(data.upperMs.length + 1).fill(0);
  for (const step of data.steps) step.counts.forEach((count, bin) => { totals[bin] += count; });
  return totals;
}

/** "5 to 7 ms" @param {number[]} upperMs @param {number} bin */
export function nameOf(upperMs, bin) {
  if (bin === 0) return `up to ${length(upperMs[0])}`;
  return bin === upperMs.length ? `over ${length(upperMs[bin - 1])}` : `${length(upperMs[bin - 1])} to ${length(upperMs[bin])}`;
}

/** The bin and step at a point of the canvas; null outside. @param {PauseData} data @param {Layout} layout @param {number} x @param {number} y */
export function hit(data, layout, x, y) {
  if (y < layout.top || y > layout.bottom) return null;
  const bin = Math.min(layout.last, layout.first + Math.floor((layout.bottom - y) / layout.row));
  if (x < layout.left) return { bin, step: null };
  const at = timeAt(data, layout, x);
  return x > layout.right ? null : { bin, step: data.steps.find((step) => at >= step.at && at < step.at + data.stepSeconds * 1000) ?? { at: 0, counts: [] } };
}

/** Milliseconds since 1970. @param {PauseData} data @param {Layout} layout @param {number} x */
export function timeAt(data, layout, x) {
  return data.range.from + (Math.min(Math.max(x, layout.left), layout.right) - layout.left) / (layout.right - layout.left) * (data.range.to - data.range.from);
}

/** @param {HTMLCanvasElement} canvas @param {PauseData} data */
export function paint(canvas, data) {
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  const layout = layOut(data, width, height);
  const look = readLook(canvas);
  context.font = look.font;
  paintAxes(context, data, layout, look);
  paintBars(context, data, layout, look);
  paintMap(context, data, layout, look);
}

function paintAxes(context, data, layout, look) {
  context.textBaseline = "middle";
  context.strokeStyle = look.grid;
  context.fillStyle = look.text;
  context.textAlign = "right";
  let lastY = Infinity;
  for (let bin = layout.first; bin <= layout.last; bin++) {
    const y = layout.bottom - (bin - layout.first + 1) * layout.row;
    const upper = data.upperMs[bin];
    if (upper === undefined || lastY - y < 14) continue;
    lastY = y;
    line(context, LABELS, y, layout.right, y);
    context.fillText(length(upper), LABELS - 6, y);
  }
  context.textAlign = "center";
  const count = Math.max(1, Math.floor((layout.right - layout.left) / 90));
  const step = roundStep((data.range.to - data.range.from) / count);
  for (let at = Math.ceil(data.range.from / step) * step; at <= data.range.to; at += step) {
    const x = layout.left + (at - data.range.from) / (data.range.to - data.range.from) * (layout.right - layout.left);
    line(context, x, layout.top, x, layout.bottom + 3);
    const iso = new Date(at).toISOString();
    context.fillText(at % 86_400_000 === 0 ? iso.slice(5, 10) : iso.slice(11, step < 60_000 ? 19 : 16), x, layout.bottom + 13);
  }
  context.fillText("pauses", LABELS + BARS / 2, layout.bottom + 13);
}

function paintBars(context, data, layout, look) {
  const totals = sum(data);
  const most = Math.max(1, ...totals);
  for (let bin = layout.first; bin <= layout.last; bin++) {
    if (totals[bin] === 0) continue;
    const y = layout.bottom - (bin - layout.first + 1) * layout.row;
    context.fillStyle = look.bar;
    context.fillRect(LABELS, y + 0.5, Math.max(1.5, totals[bin] / most * BARS), Math.max(1, layout.row - 1));
  }
}

/** Darker is more; by the logarithm, for a single long pause among thousands of short ones is what one looks for. */
function paintMap(context, data, layout, look) {
  const most = Math.log1p(Math.max(1, ...data.steps.flatMap((step) => step.counts)));
  const scale = (layout.right - layout.left) / (data.range.to - data.range.from);
  for (const step of data.steps) {
    const left = Math.max(layout.left, layout.left + (step.at - data.range.from) * scale);
    const right = Math.min(layout.right, layout.left + (step.at + data.stepSeconds * 1000 - data.range.from) * scale);
    if (right <= left) continue;
    for (let bin = layout.first; bin <= layout.last; bin++) {
      if (!step.counts[bin]) continue;
      context.globalAlpha = 0.18 + 0.82 * Math.log1p(step.counts[bin]) / most;
      context.fillStyle = look.map;
      context.fillRect(left, layout.bottom - (bin - layout.first + 1) * layout.row + 0.5, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), Math.max(1, layout.row - 1));
    }
  }
  context.globalAlpha = 1;
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, Math.round(y1) + 0.5);
  context.lineTo(x2, Math.round(y2) + 0.5);
  context.stroke();
}

function roundStep(least) {
  const steps = [10, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400].map((seconds) => seconds * 1000);
  return steps.find((step) => step >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
}

function length(ms) {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

function readLook(element) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(`--fp-${name}`).trim();
  return { text: color("muted"), grid: color("grid"), bar: color("series-1"), map: color("series-4"), font: `11px ${style.fontFamily}` };
}

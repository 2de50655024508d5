// Reads trends by columns, deploys and captures from the REST interface.

import { fetchJson, fetchOk } from "../js/dom.js";

const DENSE_POINTS = 2_000;
const TABLE_FIELDS_PER_INSTANCE = ["pauseP50Ms", "pauseP95Ms", "maxPauseMs"];

/**
 * @typedef {{ from: number, to: number }} Range milliseconds since 1970
 * @typedef {ArrayLike<number | null>} Column
 * @typedef {{ instance: string, at: ArrayLike<number>, columns: Record<string, Column> }} Series at: seconds since 1970; all columns are as long
 */

/** Where the points of a range are; with those figures too that only the table shows. @param {import("./trend-view.js").Options} options @param {Range} range */
export function addressOf(options, range, withTable) {
  const address = new URL(options.address, location.href);
  if (withTable && options.isPerInstance && !options.instance) for (const field of TABLE_FIELDS_PER_INSTANCE) address.searchParams.append("field", field);
  address.searchParams.append("from", new Date(range.from).toISOString());
  address.searchParams.append("to", new Date(range.to).toISOString());
  return address.href;
}

/**
 * One series, or those of the instances with the longest pauses. Of dense ones every column is a Float32Array on one time axis, not a number
 * where there is nothing, and `most` has the largest figure of each; of others they are lists with null.
 * @param {string} address @param {boolean} isEach @param {AbortSignal} signal
 * @returns {Promise<{ stepSeconds: number, series: Series[], hiddenInstances: number, isDense: boolean, most: Record<string, number> }>}
 */
export async function fetchTrend(address, isEach, signal) {
  const answer = await fetchOk(address, signal);
  const bytes = await answer.arrayBuffer();
  performance.mark("trend-fetched");
  const { stepSeconds, hiddenCount, series, most } = unpack(bytes);
  const isDense = isEach && series.some(({ at }) => at.length > DENSE_POINTS);
  return { stepSeconds, hiddenInstances: hiddenCount, isDense, most, series: isDense ? onOneAxis(series, stepSeconds) : series.map((one) => withGaps(withNulls(one), stepSeconds)) };
}

/** The format is told in the description of the REST interface. @param {ArrayBuffer} bytes */
function unpack(bytes) {
  const length = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  let place = 4 + length;
  const next = (Kind, count) => {
    const column = new Kind(bytes, place, count);
    place += column.byteLength;
    return column;
  };
  const most = {};
  const series = head.series.map(({ instance, count, columns }) => {
    const at = next(Uint32Array, count);
    for (const column of columns) most[column.name] = Math.max(most[column.name] ?? 0, column.most);
    return { instance, at, columns: Object.fromEntries(columns.map(({ name }) => [name, next(Float32Array, count)])) };
  });
  return { ...head, series, most };
}

/** uPlot and its helpers know a missing figure as null, for which typed arrays have no place. */
function withNulls({ instance, at, columns }) {
  return { instance, at, columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, Array.from(column, (value) => (Number.isNaN(value) ? null : value))])) };
}

/** Steps are multiples of one length, so that instances that began at different times can share an axis without being joined. */
function onOneAxis(series, step) {
  const filled = series.filter(({ at }) => at.length > 0);
  const first = Math.min(...filled.map(({ at }) => at[0]));
  const count = (Math.max(...filled.map(({ at }) => at[at.length - 1])) - first) / step + 1;
  const axis = Uint32Array.from({ length: count }, (_, i) => first + i * step);
  return filled.map(({ instance, at, columns }) => ({
    instance, at: axis,
    columns: at.length === count ? columns : Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, spread(column, at, first, step, count)])),
  }));
}

function spread(column, at, first, step, count) {
  const wide = new Float32Array(count).fill(NaN);
  for (let i = 0; i < column.length; i++) wide[(at[i] - first) / step] = column[i];
  return wide;
}

/** Where steps are missing, one without figures is put in, so that a gap looks like one. @param {Series} series @param {number} step seconds @returns {Series} */
function withGaps(series, step) {
  const { at } = series;
  const gaps = [];
  for (let i = 1; i < at.length; i++) if (at[i] - at[i - 1] > step * 1.5) gaps.push(i);
  if (gaps.length === 0) return series;
  const widen = (column, valueOf) => {
    const wide = [];
    let next = 0;
    for (let i = 0; i < column.length; i++) {
      if (i === gaps[next]) {
        wide.push(valueOf(i));
        next++;
      }

      wide.push(column[i]);
    }

    return wide;
  };
  return {
    instance: series.instance,
    at: widen(at, (i) => at[i - 1] + step),
    columns: Object.fromEntries(Object.entries(series.columns).map(([name, column]) => [name, widen(column, () => null)])),
  };
}

/** Of figures that are never negative. @param {Series[]} series @param {string} name */
export function sum(series, name) {
  let total = 0;
  for (const { columns } of series) {
    const column = columns[name] ?? [];
    for (let i = 0; i < column.length; i++) if (column[i] > 0) total += column[i];
  }

  return total;
}

/**
 * @param {import("./trend-view.js").Options} options @param {Range} range @param {AbortSignal} signal
 * @returns {Promise<{ deploys: Marker[], captures: Marker[] }>}
 * @typedef {{ at: number, text: string, title: string, href: string }} Marker at: seconds since 1970
 */
export async function fetchMarkers(options, range, signal) {
  const service = encodeURIComponent(options.service);
  const from = encodeURIComponent(new Date(range.from).toISOString());
  const to = encodeURIComponent(new Date(range.to).toISOString());
  const [deploys, captures] = await Promise.all([
    fetchJson(`/api/v1/deployments?service=${service}&from=${from}&to=${to}&limit=1000`, signal),
    fetchJson(`/api/v1/captures?service=${service}&from=${from}&to=${to}&limit=100`, signal),
  ]);
  return {
    deploys: deploys.map((deploy) => ({
      at: Date.parse(deploy.startedAt) / 1000,
      text: deploy.version,
      title: `Deploy of ${deploy.version}${deploy.previousVersion ? ` after ${deploy.previousVersion}` : ""}: compare before and after`,
      href: deploy.comparisonId
        ? `/comparisons/${encodeURIComponent(deploy.comparisonId)}`
        : `/compare?service=${service}&baseline=${encodeURIComponent(deploy.previousVersion)}&candidate=${encodeURIComponent(deploy.version)}`,
    })),
    captures: captures.map((capture) => ({
      at: Date.parse(capture.startedAt ?? capture.requestedAt) / 1000,
      text: "",
      title: `Capture (${capture.kind}) on ${capture.host}: ${capture.state}`,
      href: `/captures/${encodeURIComponent(capture.captureId)}`,
    })),
  };
}

/**
 * GCs by reason, the most frequent first.
 * @param {Series[]} series @returns {[string, number][]}
 */
export function countReasons(series) {
  const names = new Set(series.flatMap(({ columns }) => Object.keys(columns).filter((name) => name.startsWith("reasons."))));
  return [...names].map((name) => /** @type {[string, number]} */ ([name.slice("reasons.".length), sum(series, name)]))
    .filter(([, count]) => count > 0).sort((left, right) => right[1] - left[1]);
}

// Reads trends by columns, deploys and captures from the REST interface.

const MOST_LINES = 8;
const POINTS_PER_INSTANCE = 120;
const MOST_STEPS = 20_000;
const FIELDS = [
  "windowSeconds", "observedFraction", "gcCount", "gen0Count", "gen1Count", "gen2Count", "missedGcCount", "reasons",
  "pauseP50Ms", "pauseP95Ms", "pauseP99Ms", "maxPauseMs", "gen0PauseP99Ms", "gen1PauseP99Ms", "gen2PauseP99Ms", "timeInGcPercent",
  "heapBytes", "gen0Bytes", "gen1Bytes", "gen2Bytes", "lohBytes", "pohBytes", "allocatedBytesPerSecond",
];
const FIELDS_PER_INSTANCE = ["windowSeconds", "observedFraction", "gcCount", "gen2Count", "missedGcCount", "pauseP50Ms", "pauseP95Ms", "pauseP99Ms", "maxPauseMs", "timeInGcPercent", "heapBytes", "allocatedBytesPerSecond"];

/**
 * @typedef {{ from: number, to: number }} Range milliseconds since 1970
 * @typedef {{ instance: string, at: number[], columns: Record<string, (number | null)[]> }} Series at: seconds since 1970; all columns are as long
 */

/**
 * One series, or those of the instances with the longest pauses.
 * @param {import("./trends.js").Options} options @param {Range} range
 * @returns {Promise<{ stepSeconds: number, series: Series[], hiddenInstances: number }>}
 */
export async function fetchTrend(options, range) {
  const isEach = options.isPerInstance && !options.instance;
  const query = new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() });
  if (options.instance) query.set("instance", options.instance);
  if (isEach) query.set("perInstance", "true");
  if (isEach || options.isFine) query.set("step", String(stepOf(range, options.isFine ? MOST_STEPS : POINTS_PER_INSTANCE)));
  for (const field of isEach ? FIELDS_PER_INSTANCE : FIELDS) query.append("field", field);
  const answer = await fetchText(`/api/v1/services/${encodeURIComponent(options.service)}/trend/columns?${query}`);
  performance.mark("trend-fetched");
  const trend = JSON.parse(answer);
  const worst = new Map(trend.series.map((series) => [series, series.columns.pauseP99Ms.reduce((most, pause) => Math.max(most, pause ?? 0), 0)]));
  const drawn = trend.series.length <= MOST_LINES ? trend.series : [...trend.series].sort((left, right) => worst.get(right) - worst.get(left)).slice(0, MOST_LINES);
  drawn.sort((left, right) => (left.instance < right.instance ? -1 : 1));
  return {
    stepSeconds: trend.stepSeconds,
    hiddenInstances: trend.series.length - drawn.length,
    series: drawn.map((series) => withGaps({ instance: series.instance, at: series.windowStart, columns: series.columns }, trend.stepSeconds)),
  };
}

/** Seconds of a step: a multiple of ten. @param {Range} range @param {number} most steps */
function stepOf(range, most) {
  return Math.max(10, Math.ceil((range.to - range.from) / 1000 / most / 10) * 10);
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

/** @param {Series[]} series @param {string} name */
export function sum(series, name) {
  let total = 0;
  for (const { columns } of series) for (const value of columns[name] ?? []) total += value ?? 0;
  return total;
}

/**
 * @param {import("./trends.js").Options} options @param {Range} range
 * @returns {Promise<{ deploys: Marker[], captures: Marker[] }>}
 * @typedef {{ at: number, text: string, title: string, href: string }} Marker at: seconds since 1970
 */
export async function fetchMarkers(options, range) {
  const service = encodeURIComponent(options.service);
  const from = encodeURIComponent(new Date(range.from).toISOString());
  const to = encodeURIComponent(new Date(range.to).toISOString());
  const [deploys, captures] = await Promise.all([
    fetchJson(`/api/v1/deployments?service=${service}&limit=100`),
    fetchJson(`/api/v1/captures?service=${service}&from=${from}&to=${to}&limit=100`),
  ]);
  return {
    deploys: deploys.map((deploy) => ({
      at: Date.parse(deploy.startedAt) / 1000,
      text: deploy.version,
      title: `Deploy of ${deploy.version}${deploy.previousVersion ? ` after ${deploy.previousVersion}` : ""}: compare before and after`,
      href: deploy.comparisonId
        ? `/comparisons/${encodeURIComponent(deploy.comparisonId)}`
        : `/compare?service=${service}&baseline=${encodeURIComponent(deploy.previousVersion)}&candidate=${encodeURIComponent(deploy.version)}`,
    })).filter((marker) => marker.at * 1000 >= range.from && marker.at * 1000 <= range.to),
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

const fetchJson = async (/** @type {string} */ url) => JSON.parse(await fetchText(url));

/** @param {string} url */
async function fetchText(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.ok) return answer.text();
  const problem = await answer.json().catch(() => null);
  throw new Error(problem?.detail ?? problem?.title ?? `${answer.status} ${answer.statusText}`);
}

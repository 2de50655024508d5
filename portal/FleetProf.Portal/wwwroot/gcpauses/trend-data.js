// Reads trends, deploys and captures from the REST interface and makes columns of them.

const MOST_LINES = 8;
const POINTS_PER_INSTANCE = 120;

/** @typedef {{ from: number, to: number }} Range milliseconds since 1970 */

/**
 * Points in time order; per instance, those of the instances with the longest pauses.
 * @param {import("./trends.js").Options} options @param {Range} range
 */
export async function fetchTrend(options, range) {
  const query = new URLSearchParams({ from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() });
  if (options.instance) query.set("instance", options.instance);
  if (options.isPerInstance && !options.instance) {
    query.set("perInstance", "true");
    query.set("step", String(Math.max(10, Math.ceil((range.to - range.from) / 1000 / POINTS_PER_INSTANCE / 10) * 10)));
  }
  const trend = await getJson(`/api/v1/services/${encodeURIComponent(options.service)}/trend?${query}`);
  const known = [...new Set(trend.points.map((point) => point.instance))];
  const worst = (/** @type {string} */ instance) => Math.max(0, ...trend.points.filter((point) => point.instance === instance).map((point) => point.pauseP99Ms ?? 0));
  const drawn = known.length <= MOST_LINES ? known
    : known.map((instance) => ({ instance, pause: worst(instance) })).sort((a, b) => b.pause - a.pause).slice(0, MOST_LINES).map((entry) => entry.instance);
  return {
    stepSeconds: trend.stepSeconds,
    instances: drawn.sort(),
    hiddenInstances: known.length - drawn.length,
    points: trend.points.filter((point) => drawn.includes(point.instance)),
  };
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
    getJson(`/api/v1/deployments?service=${service}&limit=100`),
    getJson(`/api/v1/captures?service=${service}&from=${from}&to=${to}&limit=100`),
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
 * Times and one column per key; a missing step is null, so that a gap looks like one.
 * @param {any[]} points of one instance, or merged @param {number} step seconds @param {((point: any) => number | null | undefined)[]} getters
 */
export function toColumns(points, step, getters) {
  const columns = [[], ...getters.map(() => [])];
  let last = null;
  for (const point of points) {
    const at = Date.parse(point.windowStart) / 1000;
    if (last !== null && at - last > step * 1.5) {
      columns[0].push(last + step);
      for (let i = 0; i < getters.length; i++) columns[i + 1].push(null);
    }
    columns[0].push(at);
    getters.forEach((get, i) => columns[i + 1].push(get(point) ?? null));
    last = at;
  }
  return columns;
}

/** @param {string} url */
async function getJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => null);
  throw new Error(problem?.detail ?? problem?.title ?? `${answer.status} ${answer.statusText}`);
}

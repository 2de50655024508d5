// The points as a table, for those who cannot or would not read a chart. Text only, never markup.

const MOST_ROWS = 1000;

/** @type {[string, (point: any) => string][]} */
const COLUMNS = [
  ["Time UTC", (point) => point.windowStart.slice(0, 19).replace("T", " ")],
  ["Instance", (point) => point.instance],
  ["Watched %", (point) => fixed(point.observedFraction * 100, 0)],
  ["GCs", (point) => fixed(point.gcCount, 0)],
  ["Gen2", (point) => fixed(point.gen2Count, 0)],
  ["p50 ms", (point) => fixed(point.pauseP50Ms, 2)],
  ["p95 ms", (point) => fixed(point.pauseP95Ms, 2)],
  ["p99 ms", (point) => fixed(point.pauseP99Ms, 2)],
  ["Max ms", (point) => fixed(point.maxPauseMs, 2)],
  ["GC %", (point) => fixed(point.timeInGcPercent, 2)],
  ["Heap MB", (point) => fixed(point.heapBytes == null ? null : point.heapBytes / 1e6, 1)],
  ["Gen2 MB", (point) => fixed(point.gen2Bytes == null ? null : point.gen2Bytes / 1e6, 1)],
  ["LOH MB", (point) => fixed(point.lohBytes == null ? null : point.lohBytes / 1e6, 1)],
  ["Alloc MB/s", (point) => fixed(point.allocatedBytesPerSecond / 1e6, 2)],
];

/** @param {HTMLElement} place @param {any[]} points @param {import("./trends.js").Options} options */
export function showTable(place, points, options) {
  if (points.length === 0) {
    place.replaceChildren();
    return;
  }
  const columns = COLUMNS.filter(([title]) => title !== "Instance" || options.isPerInstance);
  const table = document.createElement("table");
  table.className = "fp-table";
  const head = table.createTHead().insertRow();
  for (const [title] of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    if (title !== "Time UTC" && title !== "Instance") cell.className = "fp-num";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const point of points.slice(-MOST_ROWS).reverse()) {
    const row = body.insertRow();
    for (const [title, text] of columns) {
      const cell = row.insertCell();
      cell.textContent = text(point);
      if (title !== "Time UTC" && title !== "Instance") cell.className = "fp-num";
    }
  }
  place.replaceChildren(table);
}

/** @param {number | null | undefined} value @param {number} decimals */
function fixed(value, decimals) {
  return value == null ? "–" : value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

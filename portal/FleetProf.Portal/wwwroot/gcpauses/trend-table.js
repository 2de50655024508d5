// The points as a table, for those who cannot or would not read a chart. Text only, never markup.

const MOST_ROWS = 1000;

/** @type {[string, (series: import("./trend-data.js").Series, i: number) => string][]} */
const COLUMNS = [
  ["Time UTC", ({ at }, i) => new Date(at[i] * 1000).toISOString().slice(0, 19).replace("T", " ")],
  ["Instance", ({ instance }) => instance],
  ["Watched %", ({ columns }, i) => fixed(scaled(columns.observedFraction[i], 0.01), 0)],
  ["GCs", ({ columns }, i) => fixed(watched(columns, "gcCount", i), 0)],
  ["Gen2", ({ columns }, i) => fixed(watched(columns, "gen2Count", i), 0)],
  ["Reasons", ({ columns }, i) => reasonsAt(columns, i)],
  ["p50 ms", ({ columns }, i) => fixed(columns.pauseP50Ms?.[i], 2)],
  ["p95 ms", ({ columns }, i) => fixed(columns.pauseP95Ms?.[i], 2)],
  ["p99 ms", ({ columns }, i) => fixed(columns.pauseP99Ms[i], 2)],
  ["Max ms", ({ columns }, i) => fixed(columns.maxPauseMs?.[i], 2)],
  ["GC %", ({ columns }, i) => fixed(watched(columns, "timeInGcPercent", i), 2)],
  ["Heap MB", ({ columns }, i) => fixed(scaled(columns.heapBytes[i], 1e6), 1)],
  ["Gen2 MB", ({ columns }, i) => fixed(scaled(columns.gen2Bytes?.[i], 1e6), 1)],
  ["LOH MB", ({ columns }, i) => fixed(scaled(columns.lohBytes?.[i], 1e6), 1)],
  ["Alloc MB/s", ({ columns }, i) => fixed(scaled(watched(columns, "allocatedBytesPerSecond", i), 1e6), 2)],
];

const TEXTS = new Set(["Time UTC", "Instance", "Reasons"]);
const MERGED_ONLY = new Set(["Reasons", "Gen2 MB", "LOH MB"]);

/** @param {HTMLElement} place @param {import("./trend-data.js").Series[]} series @param {import("./trend-view.js").Options} options */
export function showTable(place, series, options) {
  // Newest first; of what is older than the newest thousand of each series none can be among the newest thousand of all.
  const rows = series.flatMap((one) => Array.from(one.at.slice(-MOST_ROWS), (at, i) => ({ at, one, i: Math.max(0, one.at.length - MOST_ROWS) + i })))
    .filter(({ one, i }) => one.columns.observedFraction[i] >= 0)
    .sort((left, right) => right.at - left.at || (left.one.instance < right.one.instance ? 1 : -1)).slice(0, MOST_ROWS);
  if (rows.length === 0) {
    place.replaceChildren();
    return;
  }
  const isEach = options.isPerInstance && !options.instance;
  const columns = COLUMNS.filter(([title]) => (isEach ? !MERGED_ONLY.has(title) : title !== "Instance"));
  const table = document.createElement("table");
  table.className = "fp-table";
  const head = table.createTHead().insertRow();
  for (const [title] of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    if (!TEXTS.has(title)) cell.className = "fp-num";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const { one, i } of rows) {
    const row = body.insertRow();
    for (const [title, text] of columns) {
      const cell = row.insertCell();
      cell.textContent = text(one, i);
      if (!TEXTS.has(title)) cell.className = "fp-num";
    }
  }
  place.replaceChildren(table);
}

/** "AllocSmall 12, Induced 1" @param {Record<string, (number | null)[]>} columns @param {number} i */
function reasonsAt(columns, i) {
  return Object.keys(columns).filter((name) => name.startsWith("reasons.") && columns[name][i] > 0).sort((left, right) => columns[right][i] - columns[left][i])
    .map((name) => `${name.slice("reasons.".length)} ${fixed(columns[name][i], 0)}`).join(", ");
}

/** Nothing where nobody watched: such steps have 0. @param {Record<string, import("./trend-data.js").Column>} columns @param {string} name @param {number} i */
function watched(columns, name, i) {
  return columns.observedFraction[i] > 0 ? columns[name][i] : null;
}

/** @param {number | null | undefined} value @param {number} unit */
function scaled(value, unit) {
  return value == null ? null : value / unit;
}

/** @param {number | null | undefined} value @param {number} decimals */
function fixed(value, decimals) {
  return value == null || Number.isNaN(value) ? "–" : value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

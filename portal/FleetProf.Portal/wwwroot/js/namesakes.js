// Types of two assemblies may have one name: what tells them apart is shown where that happens.

/** @param {any[]} rows @param {string} key @returns {Set<string>} what more than one row has there */
export function namesakes(rows, key) {
  const seen = new Set();
  const repeated = new Set();
  for (const row of rows) (seen.has(row[key]) ? repeated : seen).add(row[key]);
  return repeated;
}

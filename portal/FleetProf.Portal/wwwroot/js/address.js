// The state of a view lives in the query of the address. Blazor is told of each change, so that both ends agree on it.

/** @returns {URLSearchParams} */
export const read = () => new URLSearchParams(location.search);

/**
 * @param {Record<string, string | number | null | undefined>} changes empty values are taken out
 * @param {{isStep?: boolean}} options a step can be taken back with the browser's back button
 */
export function write(changes, { isStep = false } = {}) {
  const query = read();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, String(value));
  }

  const address = location.pathname + (query.size ? `?${query}` : "");
  if (address !== location.pathname + location.search) {
    globalThis.Blazor.navigateTo(address, { replaceHistoryEntry: !isStep });
  }
}

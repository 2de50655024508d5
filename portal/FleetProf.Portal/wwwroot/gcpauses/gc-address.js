/** The page of one of the longest GCs: GcAddress.cs writes the same. @param {string} service @param {{ instance: string, number: number, endedAt: string }} gc */
export function addressOfGc(service, gc) {
  const query = new URLSearchParams({ instance: gc.instance, number: String(gc.number), at: `${new Date(gc.endedAt).toISOString().slice(0, 19)}Z` });
  return `/services/${encodeURIComponent(service)}/gc?${query}`;
}

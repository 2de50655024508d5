// The GCs of a capture, of which those open that the silo keeps by themselves.

import { fetchJson, make } from "../js/dom.js";
import { count } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";
import { addressOfGc } from "./gc-address.js";

// A recording may hold what was before its capture, and clocks of hosts differ.
const MARGIN_MILLISECONDS = 300_000;
const MOST = 1000;
const NOT_KEPT = "Only the longest GCs of every minute are kept by themselves; this is none of them.";

class GcTable extends LoadedView {
  static waiting = "Loading the GCs…";

  async load() {
    const file = await fetchJson(this.url, this.end.signal);
    /** @type {Map<number, string>} */
    let kept = new Map();
    this.table = new ResultTable(this.host, this.url, {
      ...this.options, file,
      hrefOf: (row) => kept.get(row["GC Index"]) ?? null,
      titleOf: (row) => (kept.size === 0 || kept.has(row["GC Index"]) ? null : NOT_KEPT),
    });
    // The table does not wait for it, and is of use without.
    kept = await this.findKept().catch(() => kept);
    if (this.end.signal.aborted || kept.size === 0) return;
    const isKept = file.filter((row) => kept.has(row["GC Index"])).length;
    this.host.querySelector(".fp-bar")?.append(make("span", { class: "fp-muted", title: NOT_KEPT }, `${count(isKept)} of them open with their phases`));
    this.table.draw();
  }

  /** Addresses of kept GCs by their number in the process. */
  async findKept() {
    const capture = await fetchJson(this.url.replace(/\/files\/[^/]*$/, ""), this.end.signal);
    const query = new URLSearchParams({
      instance: capture.instanceId, top: String(MOST),
      from: new Date(Date.parse(capture.startedAt ?? capture.requestedAt) - MARGIN_MILLISECONDS).toISOString(),
      to: new Date(Date.parse(capture.endedAt ?? capture.requestedAt) + MARGIN_MILLISECONDS).toISOString(),
    });
    const gcs = await fetchJson(`/api/v1/services/${encodeURIComponent(capture.service)}/gcs?${query}`, this.end.signal);
    return new Map(gcs.map((gc) => [gc.number, addressOfGc(capture.service, gc)]));
  }
}

export const { mount, unmount } = mounting(GcTable);

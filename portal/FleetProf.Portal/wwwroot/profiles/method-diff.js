// The difference of two captures as text: methods by what they cost before and after.

import { fetchJson, make } from "../js/dom.js";
import { treeOf } from "../js/flame-model.js";
import { ResultTable } from "../js/table.js";
import { differenceOf, methodsOf } from "./flame-difference.js";

/** @type {WeakMap<HTMLElement, MethodDifference>} */
const views = new WeakMap();

/** Shows the methods of two flame files in an element. Returns at once; what goes wrong later is shown in the element. */
export function mount(host, url, options) {
  unmount(host);
  views.set(host, new MethodDifference(host, url, options));
}

export function unmount(host) {
  views.get(host)?.dispose();
  views.delete(host);
}

class MethodDifference {
  constructor(host, url, options) {
    Object.assign(this, { host, url, options });
    this.end = new AbortController();
    host.replaceChildren(make("p", { class: "fp-muted" }, "Comparing the profiles…"));
    this.load().catch((failure) => {
      if (failure.name === "AbortError") return;
      host.replaceChildren(make("p", { class: "fp-problem", role: "alert" }, failure.message));
    });
  }

  dispose() {
    this.end.abort();
    this.table?.dispose();
    this.host.replaceChildren();
  }

  async load() {
    const files = await Promise.all([fetchJson(this.options.base, this.end.signal), fetchJson(this.url, this.end.signal)]);
    const [before, after] = files.map(treeOf);
    const [beforeWhole, afterWhole] = [before.total[0] || 1, after.total[0] || 1];
    const rows = methodsOf(differenceOf(before, after, beforeWhole, afterWhole)).map((row) => ({
      ...row,
      selfShareBefore: row.selfBefore / beforeWhole, selfShareAfter: row.selfAfter / afterWhole, selfChange: 100 * (row.selfAfter / afterWhole - row.selfBefore / beforeWhole),
      totalShareBefore: row.totalBefore / beforeWhole, totalShareAfter: row.totalAfter / afterWhole, totalChange: 100 * (row.totalAfter / afterWhole - row.totalBefore / beforeWhole),
    }));
    for (const row of rows) for (const key of ["selfChange", "totalChange"]) row[key] = Math.round(row[key] * 100) / 100;
    this.table = new ResultTable(this.host, this.url, { ...this.options.table, file: { rows } });
  }
}

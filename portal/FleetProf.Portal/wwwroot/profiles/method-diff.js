// The difference of two captures as text: methods by what they cost before and after.

import { fetchJson } from "../js/dom.js";
import { treeOf } from "../js/flame-model.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";
import { differenceOf, methodsOf } from "./flame-difference.js";

class MethodDifference extends LoadedView {
  static waiting = "Comparing the profiles…";

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

/** Shows the methods of two flame files in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(MethodDifference);

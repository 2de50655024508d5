// The difference of two captures as text: methods by what they cost before and after.

import { fetchJson } from "../js/dom.js";
import { count } from "../js/figures.js";
import { remark } from "../js/flame.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";
import { differenceOf, methodsOf } from "./flame-difference.js";
import { Sides } from "./profile-sides.js";

class MethodDifference extends LoadedView {
  static waiting = "Comparing the profiles…";

  async load() {
    const sides = new Sides(await Promise.all([fetchJson(this.options.base, this.end.signal), fetchJson(this.url, this.end.signal)]), this.options);
    const rows = methodsOf(differenceOf(...sides.trees, ...sides.wholes)).map((row) => compared(row, sides));
    const notices = [...sides.notices(), ...(sides.isExact ? [] : [remark("A change in grey may be chance.")])];
    this.table = new DifferenceTable(this.host, this.url, { ...this.options.table, file: { rows, unit: sides.unit }, notices });
  }
}

/** A row with the shares and changes of its figures: points of percent, of snapshots the unit of the files. */
function compared(row, sides) {
  const [beforeWhole, afterWhole] = sides.wholes;
  const all = { ...row, mayBeChance: {} };
  for (const part of ["self", "total"]) {
    const [before, after] = [row[`${part}Before`] / beforeWhole, row[`${part}After`] / afterWhole];
    all[`${part}ShareBefore`] = before;
    all[`${part}ShareAfter`] = after;
    all[`${part}Change`] = sides.isSnapshot ? after - before : Math.round(10_000 * (after - before)) / 100;
    all.mayBeChance[`${part}Change`] = after !== before && sides.mayBeChance(before, after, row[`${part}Evidence`]);
  }

  return all;
}

class DifferenceTable extends ResultTable {
  build() {
    super.build();
    this.host.prepend(...this.options.notices);
  }

  cell(row, column) {
    const cell = super.cell(row, column);
    if (row.mayBeChance[column.key]) {
      cell.className = "fp-num fp-muted";
      cell.title = "May be chance";
    }

    return cell;
  }

  figure(value, column) {
    return column.kind === "growth" && this.file.unit !== "bytes" ? `${value > 0 ? "+" : ""}${count(value)}` : super.figure(value, column);
  }
}

/** Shows the methods of two flame files in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(MethodDifference);

// What changed between two heap snapshots: the dominator paths that hold more or less, then the types.
// The table keeps its part of the address; "paths=all" shows all paths.

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { count, growth } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";

const FEW = 5;

class HeapDiff extends LoadedView {
  static waiting = "Comparing the snapshots…";

  async load() {
    this.file = await fetchJson(this.url, this.end.signal);
    for (const row of this.file.rows) row.shallowGrowth = row.shallowBytesAfter - row.shallowBytesBefore;
    this.changes = make("ul", { class: "heap-changes" });
    const rows = make("div", { class: "heap-rows" });
    this.host.replaceChildren(make("h2", {}, "What holds more or less"), this.changes, make("h2", {}, "Types that changed"), rows);
    window.addEventListener("popstate", () => this.follow(), { signal: this.end.signal });
    this.table = new ResultTable(rows, this.url, { ...this.options, file: { ...this.file, methodCount: this.file.typeCount } });
    this.follow();
    this.host.dataset.paths = String(this.file.paths.length);
  }

  follow() {
    const { paths } = this.file;
    const isAll = address.read().get("paths") === "all";
    const shown = isAll ? paths : paths.slice(0, FEW);
    const items = shown.map((path) => make("li", {},
      make("span", { class: `fp-tag ${path.retainedGrowth > 0 ? "fp-bad" : "fp-good"}` }, growth(path.retainedGrowth)), " ",
      path.sentence ?? `${path.steps.at(-1)}: ${count(path.objectsBefore)} objects before, ${count(path.objectsAfter)} after.`,
      make("div", { class: "fp-muted" }, path.steps.join(" › "))));
    if (paths.length === 0) items.push(make("li", { class: "fp-muted" }, "No path holds noticeably more or less than before."));
    if (paths.length > FEW) {
      items.push(make("li", {}, make("button", { type: "button", class: "fp-button", "aria-expanded": String(isAll), onclick: () => { address.write({ paths: isAll ? null : "all" }, { isStep: true }); this.follow(); } },
        isAll ? "Fewer" : `All ${count(paths.length)} paths`)));
    }

    this.changes.replaceChildren(...items);
  }
}

/** Shows a heap difference of our REST in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(HeapDiff);

// The flame graph of the difference between two captures: wider is more on either side, orange is more than before, blue is less; the figures say it too.
// Each side is measured by its own whole ("by" in the address: its total, or its recorded seconds with by=rate); snapshots show what they counted.

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count, percent } from "../js/figures.js";
import { focused, inverted, sandwich } from "../js/flame-model.js";
import { FlameGraph } from "../js/flame.js";
import { mounting } from "../js/loaded-view.js";
import { differenceOf, evidenceOf } from "./flame-difference.js";
import { Sides } from "./profile-sides.js";

/** @typedef {{base: string, beforeSeconds: number, afterSeconds: number, rateUnit: string, isSnapshot: boolean}} Options `base` is the file of the earlier capture; by the seconds, which count what a sample stands for, a rate is in the unit; a snapshot is of one moment and has no seconds */

class DifferenceGraph extends FlameGraph {
  async read() {
    const files = await Promise.all([fetchJson(this.options.base, this.end.signal), fetchJson(this.url, this.end.signal)]);
    performance.mark("flame-fetched");
    this.sides = new Sides(files, this.options);
    this.file = { unit: this.sides.unit, sampleCount: files[0].sampleCount + files[1].sampleCount };
    this.measure();
  }

  get isRateAsked() { return this.sides.hasRate && address.read().get("by") === "rate"; }

  measure() {
    this.sides.measure(this.isRateAsked);
    this.whole = differenceOf(...this.sides.trees, ...this.sides.wholes);
    this.colours = null;
  }

  follow() {
    if (this.isRateAsked !== this.sides.isRate) this.measure();
    this.rate?.setAttribute("aria-pressed", String(this.sides.isRate));
    super.follow();
  }

  build() {
    super.build();
    if (this.sides.hasRate) {
      this.rate = make("button", { type: "button", class: "fp-button", "aria-pressed": "false", title: "Compare per second instead of as shares: more work shows as more", onclick: () => this.toggleRate() }, "Per second");
      this.bar.invert.after(this.rate);
    }
  }

  toggleRate() {
    this.forget();
    address.write({ by: this.sides.isRate ? null : "rate", zoom: null, sel: null }, { isStep: true });
    this.follow();
  }

  derive(view, functionName) {
    const one = { inverted: (tree) => inverted(tree), focus: (tree) => focused(tree, functionName), sandwich: (tree) => sandwich(tree, functionName) }[view];
    if (!one) return undefined;
    const [before, after] = this.sides.trees.map(one);
    if (!before && !after) return null;
    const difference = (part) => differenceOf(part(before), part(after), ...this.sides.wholes);
    return view === "sandwich" ? { callers: difference((both) => both?.callers ?? null), callees: difference((both) => both?.callees ?? null) } : difference((tree) => tree);
  }

  /** The table of a difference is made of the same files, and lacks what they do. */
  absence() { return this.sides.files.some(({ droppedNodes }) => droppedNodes > 0) ? "is not drawn: its calls, if it has any here, are among the lightest frames" : super.absence(); }

  /** Both sides of a node, each measured by its own whole. */
  measured(tree, node) { return [tree.before[node] / this.sides.wholes[0], tree.after[node] / this.sides.wholes[1]]; }

  /** What a change is held against: the wider root. */
  get scale() { return Math.max(...this.measured(this.whole, 0)) || 1; }

  change(tree, node) { return this.sides.change(...this.measured(tree, node), this.scale, evidenceOf(tree, node)); }

  look() {
    return {
      fillOf: (tree, node) => {
        const change = this.change(tree, node);
        const step = Math.min(3, Math.floor(Math.abs(change) * 4));
        return change === 0 ? this.theme.same : change > 0 ? this.theme.more[step] : this.theme.less[step];
      },
      labelOf: (tree, node) => (this.change(tree, node) === 0 ? "" : this.text(tree, node).difference),
    };
  }

  value(value) {
    if (this.sides.isSnapshot) return this.amount(value);
    if (this.sides.isShare) return percent(value);
    return this.file.unit === "bytes" ? `${bytes(value)}/s` : `${value.toFixed(value < 10 ? 2 : 1)} ${this.options.rateUnit}`;
  }

  text(tree, node) {
    const [before, after] = this.measured(tree, node);
    const sign = after > before ? "+" : after < before ? "−" : "±";
    const size = Math.abs(after - before);
    const relative = before > 0 && after > 0 ? `, ${sign}${((size / before) * 100).toFixed(0)} %` : before > 0 ? ", gone" : ", new";
    return { before: this.value(before), after: this.value(after), difference: `${sign}${this.sides.isShare ? (size * 100).toFixed(1) : this.value(size)}`, relative };
  }

  facts() {
    const factsOf = ({ sampleCount }, side) => (this.file.unit === "bytes" ? `${bytes(this.sides.trees[side].total[0])} in ${count(sampleCount)} samples` : `${count(sampleCount)} ${this.file.unit}`);
    return this.sides.files.map((file, side) => `${side ? "after" : "before"}: ${factsOf(file, side)}`).join("; ");
  }

  frame(at) {
    const { tree } = this.parts[at.part];
    const [first, second] = this.measured(tree, at.node);
    const { before, after, difference, relative } = this.text(tree, at.node);
    const doubt = first !== second && this.sides.mayBeChance(first, second, evidenceOf(tree, at.node)) ? " (may be chance)" : "";
    return {
      name: tree.nameOf(at.node), module: at.node ? tree.moduleOf(at.node) : "everything",
      lines: [["before", before], ["after", after], ["change", `${difference}${this.sides.isShare ? " points" : ""}${relative}${doubt}`]],
    };
  }

  warnings() { return this.sides.notices(); }

  showLegend() {
    const key = (fill, text) => make("span", { class: "flame-key" }, ...fill.map((name) => make("i", { style: `background: var(--flame-${name})` })), text);
    this.bar.legend.setAttribute("aria-label", "Colours");
    this.bar.legend.replaceChildren(key(["less-4", "less-2"], "less than before"), key(["same"], this.sides.isExact ? "the same" : "the same, or may be chance"), key(["more-2", "more-4"], "more than before"), make("span", { class: "fp-muted" }, "Width: both captures together."));
  }

  get tableTab() { return "table"; }
}

/** Shows the difference of two flame files in an element, and ends that. */
export const { mount, unmount } = mounting(DifferenceGraph);

// The flame graph of the difference between two captures: wider is more on either side, orange is more than before, blue is less; the figures say it too.
// Each side is measured by its own whole ("by" in the address: its total, or its recorded seconds with by=rate).

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count, percent } from "../js/figures.js";
import { focused, inverted, sandwich, treeOf } from "../js/flame-model.js";
import { FlameGraph, warning } from "../js/flame.js";
import { mounting } from "../js/loaded-view.js";
import { differenceOf } from "./flame-difference.js";

/** A change below this share of the whole is drawn as none. */
const LEAST_CHANGE = 0.001;

/** Fewer samples than this on both sides together say nothing about a change. */
const SOLID_SAMPLES = 30;

/** @typedef {{base: string, beforeSeconds: number, afterSeconds: number}} Options `base` is the file of the earlier capture */

class DifferenceGraph extends FlameGraph {
  async read() {
    const [before, after] = await Promise.all([fetchJson(this.options.base, this.end.signal), fetchJson(this.url, this.end.signal)]);
    performance.mark("flame-fetched");
    if (before.unit !== after.unit) throw new Error(`The two captures count different things: ${before.unit} and ${after.unit}.`);
    this.files = [before, after];
    this.sides = [treeOf(before), treeOf(after)];
    this.file = { unit: after.unit, sampleCount: before.sampleCount + after.sampleCount, lostEvents: before.lostEvents + after.lostEvents, droppedNodes: before.droppedNodes + after.droppedNodes };
    this.measure();
  }

  measure() {
    const { beforeSeconds, afterSeconds } = this.options;
    this.isRate = address.read().get("by") === "rate" && beforeSeconds > 0 && afterSeconds > 0;
    this.wholes = this.isRate ? [beforeSeconds, afterSeconds] : this.sides.map((tree) => tree.total[0] || 1);
    this.whole = differenceOf(...this.sides, ...this.wholes);
    this.colours = null;
  }

  follow() {
    const isRate = address.read().get("by") === "rate" && this.options.beforeSeconds > 0 && this.options.afterSeconds > 0;
    if (isRate !== this.isRate) this.measure();
    this.rate?.setAttribute("aria-pressed", String(isRate));
    super.follow();
  }

  build() {
    super.build();
    if (this.options.beforeSeconds > 0 && this.options.afterSeconds > 0) {
      this.rate = make("button", { type: "button", class: "fp-button", "aria-pressed": "false", title: "Compare per second instead of as shares: more work shows as more", onclick: () => this.toggleRate() }, "Per second");
      this.bar.invert.after(this.rate);
    }
  }

  toggleRate() {
    this.forget();
    address.write({ by: this.isRate ? null : "rate", zoom: null, sel: null }, { isStep: true });
    this.follow();
  }

  derive(view, functionName) {
    const one = { inverted: (tree) => inverted(tree), focus: (tree) => focused(tree, functionName), sandwich: (tree) => sandwich(tree, functionName) }[view];
    if (!one) return undefined;
    const [before, after] = this.sides.map(one);
    if (!before && !after) return null;
    const difference = (part) => differenceOf(part(before), part(after), ...this.wholes);
    return view === "sandwich" ? { callers: difference((both) => both?.callers ?? null), callees: difference((both) => both?.callees ?? null) } : difference((tree) => tree);
  }

  /** Of each side's own whole. */
  shares(tree, node) { return [tree.before[node] / this.wholes[0], tree.after[node] / this.wholes[1]]; }

  samples(tree, node) {
    return this.files.reduce((sum, file, side) => sum + ((side ? tree.after : tree.before)[node] / (this.sides[side].total[0] || 1)) * file.sampleCount, 0);
  }

  /** What a change is held against: the wider root. */
  get scale() { return Math.max(...this.shares(this.whole, 0)) || 1; }

  change(tree, node) {
    const [before, after] = this.shares(tree, node);
    return Math.abs(after - before) < LEAST_CHANGE * this.scale || this.samples(tree, node) < SOLID_SAMPLES ? 0 : (after - before) / Math.max(before, after);
  }

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
    if (!this.isRate) return percent(value);
    return this.file.unit === "bytes" ? `${bytes(value)}/s` : `${value.toFixed(value < 10 ? 2 : 1)} samples/s`;
  }

  text(tree, node) {
    const [before, after] = this.shares(tree, node);
    const sign = after > before ? "+" : after < before ? "−" : "±";
    const points = Math.abs(after - before);
    const relative = before > 0 && after > 0 ? `, ${sign}${((Math.abs(after - before) / before) * 100).toFixed(0)} %` : before > 0 ? ", gone" : ", new";
    return { before: this.value(before), after: this.value(after), difference: this.isRate ? `${sign}${this.value(points)}` : `${sign}${(points * 100).toFixed(1)}`, relative };
  }

  facts() {
    return this.files.map((file, side) => `${side ? "after" : "before"}: ${file.unit === "bytes" ? `${bytes(this.sides[side].total[0])} in ` : ""}${count(file.sampleCount)} samples`).join("; ");
  }

  frame(at) {
    const { tree } = this.parts[at.part];
    const { before, after, difference, relative } = this.text(tree, at.node);
    const isThin = this.samples(tree, at.node) < SOLID_SAMPLES;
    return {
      name: tree.nameOf(at.node), module: at.node ? tree.moduleOf(at.node) : "everything",
      lines: [["before", before], ["after", after], ["change", `${difference}${this.isRate ? "" : " points"}${relative}${isThin ? ` (fewer than ${SOLID_SAMPLES} samples: may be chance)` : ""}`]],
    };
  }

  *warnings() {
    for (const [side, file] of this.files.entries()) {
      const name = side ? "later" : "earlier";
      if (!file.sampleCount) yield warning(`The ${name} capture holds no samples: everything is ${side ? "gone" : "new"}.`);
      else if (SOLID_SAMPLES / file.sampleCount > 0.02) yield warning(`The ${name} capture holds only ${count(file.sampleCount)} samples. Capture for longer before trusting a small change.`);
      if (file.lostEvents > 0) yield warning(`${count(file.lostEvents)} events were lost in the ${name} capture.`);
    }
  }

  showLegend() {
    const key = (fill, text) => make("span", { class: "flame-key" }, ...fill.map((name) => make("i", { style: `background: var(--flame-${name})` })), text);
    this.bar.legend.setAttribute("aria-label", "Colours");
    this.bar.legend.replaceChildren(key(["less-4", "less-2"], "less than before"), key(["same"], "the same, or too few samples to say"), key(["more-2", "more-4"], "more than before"), make("span", { class: "fp-muted" }, "Width: both captures together."));
  }

  get tableTab() { return "table"; }
}

/** Shows the difference of two flame files in an element, and ends that. */
export const { mount, unmount } = mounting(DifferenceGraph);

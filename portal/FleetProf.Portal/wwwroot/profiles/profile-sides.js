// The two captures of a difference: what each is measured by, which changes may be chance, and what to know first. The graph and the table both ask here.

import { count } from "../js/figures.js";
import { isCounted, treeOf } from "../js/flame-model.js";
import { remark, warning } from "../js/flame.js";

/** A change below this share of the whole is drawn as none. */
const LEAST_CHANGE = 0.001;

/** Fewer samples than this on both sides together say nothing about a change. */
const SOLID_SAMPLES = 30;

/** Standard deviations within which chance stays in 95 of 100 cases. */
const CHANCE_WIDTH = 1.96;

/** A change that may be chance keeps its figures and loses its colour. Values are measured: divided by the whole of their side. */
export class Sides {
  /**
   * @param {any[]} files flame files, the earlier one first
   * @param {{beforeSeconds: number, afterSeconds: number, isSnapshot: boolean}} options seconds are 0 when unknown; a snapshot shows one moment, so its figures stand for themselves
   * @throws {Error} when the files count different things
   */
  constructor(files, { beforeSeconds, afterSeconds, isSnapshot }) {
    const [before, after] = files;
    if (before.unit !== after.unit) throw new Error(`The two captures count different things: ${before.unit} and ${after.unit}.`);
    Object.assign(this, { files, isSnapshot, unit: after.unit, isExact: isCounted(after), trees: files.map(treeOf), seconds: [beforeSeconds, afterSeconds] });
    this.hasRate = !isSnapshot && beforeSeconds > 0 && afterSeconds > 0;
    this.measure(false);
  }

  /** Chooses what each side is divided by: one in snapshots, else its recorded seconds, which count what a sample stands for, or its own total. */
  measure(isRate) {
    const totals = this.trees.map((tree) => tree.total[0] || 1);
    this.isRate = isRate && this.hasRate;
    this.isShare = !this.isSnapshot && !this.isRate;
    this.wholes = this.isSnapshot ? [1, 1] : this.isRate ? this.seconds : totals;
    // Where a side has no samples, one would have stood for as much as on the other; a share of nothing is unknown all the same.
    const perValue = this.files.map((file, side) => file.sampleCount / totals[side]);
    this.samplesOfOne = this.files.map((file, side) => (this.isShare ? file.sampleCount : (perValue[side] || perValue[1 - side]) * this.wholes[side]));
  }

  /**
   * Whether two sides that do the same would differ as much in 5 of 100 cases: of shares as of drawn samples, of rates and amounts as of counted ones. One
   * sample can stand for much of all, a large object: then all shares hang on it, its own and through the whole those of the others.
   * @param {number} before @param {number} after measured
   * @param {number[]} squares of what the samples behind each side stand for, summed, in the unit of the file
   */
  mayBeChance(before, after, squares) {
    if (this.isExact) return false;
    const [one, other] = this.samplesOfOne;
    if (!(one > 0 && other > 0)) return true;
    const measured = squares.map((sum, side) => sum / this.wholes[side] ** 2);
    const samples = [before, after].reduce((sum, value, side) => sum + (measured[side] > 0 ? value ** 2 / measured[side] : 0), 0);
    // As if both sides were drawn from one, in which samples stand for what they do on both together.
    const together = ([first, second]) => (first * one ** 2 + second * other ** 2) / (one + other);
    const within = together(measured);
    const pooled = (before * one + after * other) / (one + other);
    const outside = this.isShare ? together(measured.map((sum, side) => Math.max(0, this.trees[side].squares[0] / this.wholes[side] ** 2 - sum))) : 0;
    const variance = (this.isShare ? (1 - pooled) ** 2 * within + pooled ** 2 * outside : within) * (1 / one + 1 / other);
    return samples < SOLID_SAMPLES || Math.abs(after - before) <= CHANCE_WIDTH * Math.sqrt(variance);
  }

  /** From -1, gone, to 1, new; 0 when it is next to nothing of the scale, or may be chance. */
  change(before, after, scale, squares) {
    return Math.abs(after - before) < LEAST_CHANGE * scale || this.mayBeChance(before, after, squares) ? 0 : (after - before) / Math.max(before, after);
  }

  /** What a reader should know before trusting a change. @returns {Generator<HTMLElement>} */
  *notices() {
    for (const [side, { sampleCount, lostEvents, droppedNodes }] of this.files.entries()) {
      const name = side ? "later" : "earlier";
      if (!sampleCount) yield warning(`The ${name} capture holds no ${this.isExact ? this.unit : "samples"}: there is nothing to compare with.`);
      else if (!this.isExact && SOLID_SAMPLES / sampleCount > 0.02) yield warning(`The ${name} capture holds only ${count(sampleCount)} samples${this.isSnapshot ? ": a small change may be chance." : ". Capture for longer before trusting a small change."}`);
      if (lostEvents > 0) yield warning(`${count(lostEvents)} events were lost in the ${name} capture.`);
      if (droppedNodes > 0) yield remark(`${count(droppedNodes)} of the lightest frames of the ${name} capture were left out: what the other one has there may look ${side ? "gone" : "new"}. Their callers' totals include them; the table and views that are inverted, focused or a sandwich miss their cost at the functions that have it.`);
    }
  }
}

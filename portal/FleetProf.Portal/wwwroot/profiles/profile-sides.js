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

/** Fewer slices of the time than this do not show how much the work varies. */
const FEWEST_SLICES = 8;

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
    Object.assign(this, { files, isSnapshot, unit: after.unit, isExact: isCounted(after), trees: files.map(treeWithEvidence), seconds: [beforeSeconds, afterSeconds] });
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
   * Whether two sides that do the same would differ as much in 5 of 100 cases: of shares as of drawn samples, of rates and amounts as of counted ones, and
   * as much more as the work on each side varies with the time. One sample can stand for much of all, a large object: then all shares hang on it, its own
   * and through the whole those of the others.
   * @param {number} before @param {number} after measured
   * @param {number[][]} evidence behind each side, see `treeWithEvidence`
   */
  mayBeChance(before, after, evidence) {
    if (this.isExact) return false;
    const [one, other] = this.samplesOfOne;
    if (!(one > 0 && other > 0)) return true;
    const values = [before, after];
    const within = evidence.map(([squares = 0], side) => squares / this.wholes[side] ** 2);
    const outside = within.map((sum, side) => Math.max(0, this.trees[side].evidence[0] / this.wholes[side] ** 2 - sum));
    const clumping = this.clumping(evidence, values.map((value, side) => this.varianceOf(value, within[side], outside[side])));
    const samples = values.reduce((sum, value, side) => sum + (within[side] > 0 ? value ** 2 / within[side] : 0), 0) / clumping;
    // As if both sides were drawn from one, in which samples stand for what they do on both together.
    const together = ([first, second]) => (first * one ** 2 + second * other ** 2) / (one + other);
    const pooled = (before * one + after * other) / (one + other);
    const variance = clumping * this.varianceOf(pooled, together(within), together(outside)) * (1 / one + 1 / other);
    return samples < SOLID_SAMPLES || Math.abs(after - before) <= CHANCE_WIDTH * Math.sqrt(variance);
  }

  /** The variance of a measured value, were its samples to come one by one: a share is as uncertain as the whole that it is a part of. */
  varianceOf(value, within, outside) { return this.isShare ? (1 - value) ** 2 * within + value ** 2 * outside : within; }

  /**
   * How many times as much the work varies as samples that come one by one would: a call of 40 ms is 40 of them in a row, and all methods of a request
   * come together. At least 1, since a steadier work proves nothing; 1 where the files do not say when their samples came.
   * @param {number[][]} evidence @param {number[]} alone the variances of samples that come one by one
   */
  clumping(evidence, alone) {
    let [spread, expected] = [0, 0];
    for (const [side, { slices }] of this.files.entries()) {
      if (!slices) continue;
      const lengths = this.isShare ? this.trees[side].evidenceOf(0).subarray(1) : slices.ms;
      spread += varianceOverSlices(evidence[side].slice(1), lengths) / this.wholes[side] ** 2;
      expected += alone[side];
    }

    return expected > 0 ? Math.max(1, spread / expected) : 1;
  }

  /** From -1, gone, to 1, new; 0 when it is next to nothing of the scale, or may be chance. */
  change(before, after, scale, evidence) {
    return Math.abs(after - before) < LEAST_CHANGE * scale || this.mayBeChance(before, after, evidence) ? 0 : (after - before) / Math.max(before, after);
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

/**
 * The tree of a file with the evidence for its totals: first the squares of what single samples stand for, summed, then what came in each slice of the
 * time if the file says so. A file of allocations says how many equal samples would tell each total as surely; in others all samples stand for as much.
 */
function treeWithEvidence(file) {
  const tree = treeOf(file);
  const { samples, sampleCount, slices } = file;
  const width = 1 + (slices?.ms.length ?? 0);
  const evidence = new Float64Array(tree.count * width);
  slices?.node.forEach((node, i) => { evidence[node * width + 1 + slices.slice[i]] = slices.self[i]; });
  for (let node = tree.count - 1; node > 0; node--) {
    for (let i = 1; i < width; i++) evidence[tree.parent[node] * width + i] += evidence[node * width + i];
  }

  const each = sampleCount > 0 ? tree.total[0] / sampleCount : 0;
  for (let node = 0; node < tree.count; node++) {
    evidence[node * width] = !samples ? tree.total[node] * each : samples[node] > 0 ? tree.total[node] ** 2 / samples[node] : 0;
  }

  return Object.assign(tree, { evidence, width });
}

/**
 * The variance of what came in all slices together, were the same work recorded again: the slices differ from each other as much as recordings do. What
 * lasts longer than one slice shows only in several that are taken together, so the widest of three views counts.
 * @param {number[]} values what came in each slice; an empty list is as good as zeros
 * @param {ArrayLike<number>} lengths of the slices: the time, or the whole that the values are a part of
 */
function varianceOverSlices(values, lengths) {
  let widest = 0;
  for (let joined = 1; lengths.length / joined >= FEWEST_SLICES; joined *= 2) {
    const [came, length] = [values, lengths].map((column) => {
      const sums = new Array(Math.ceil(lengths.length / joined)).fill(0);
      for (let i = 0; i < column.length; i++) sums[Math.floor(i / joined)] += column[i];
      return sums;
    });
    const rate = came.reduce(plus) / (length.reduce(plus) || 1);
    const squares = came.reduce((sum, value, i) => sum + (value - rate * length[i]) ** 2, 0);
    widest = Math.max(widest, squares * came.length / (came.length - 1));
  }

  return widest;
}

const plus = (sum, value) => sum + value;

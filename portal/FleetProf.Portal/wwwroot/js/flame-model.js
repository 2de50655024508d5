// Call trees in columns, pre-order, and the trees derived from them. No DOM in here.
// Stacks come from untrusted recordings and may be arbitrarily deep: nothing recurses.

import { literal } from "./pattern.js";

/** A path lighter than this share of its tree is not followed further in derived trees: it could not be seen anyway. */
const FOLLOWED_SHARE = 1 / 20000;

/**
 * One call tree. Every column has one entry per node; node 0 is the root.
 * A node's subtree is the index range [i, end[i]).
 */
export class Tree {
  /**
   * @param {string[]} names @param {string[]} modules string tables
   * @param {ArrayLike<number>} name @param {ArrayLike<number>} module indexes into the tables
   * @param {ArrayLike<number>} level 0 for the root
   * @param {ArrayLike<number>} total @param {ArrayLike<number>} self samples or bytes
   * @param {ArrayLike<number>} evidence for how sure the totals are: as many figures for each node, which add up as totals do; what they mean is for whoever gives them
   */
  constructor(names, modules, name, module, level, total, self, evidence = []) {
    const count = name.length;
    if (!count || [module, level, total, self].some((column) => column?.length !== count)) {
      throw new Error("The flame file is damaged: its columns differ in length.");
    }

    Object.assign(this, { names, modules, count });
    this.name = Int32Array.from(name);
    this.module = Int32Array.from(module);
    this.level = Int32Array.from(level);
    this.total = Float64Array.from(total);
    this.self = Float64Array.from(self);
    this.evidence = Float64Array.from(evidence);
    /** Figures of evidence for each node. */
    this.width = evidence.length / count;
    this.end = new Int32Array(count);
    this.parent = new Int32Array(count).fill(-1);
    /** Where a node's box begins, in units of value. */
    this.start = new Float64Array(count);
    this.depth = 1;
    this.#link();
  }

  #link() {
    const open = [];
    const filled = new Float64Array(this.count);
    for (let i = 0; i < this.count; i++) {
      const level = this.level[i];
      if ((i === 0) !== (level === 0) || level > open.length) {
        throw new Error("The flame file is damaged: its nodes are not in pre-order.");
      }

      while (open.length > level) this.end[open.pop()] = i;
      if (i > 0) {
        const parent = open[level - 1];
        this.parent[i] = parent;
        this.start[i] = this.start[parent] + filled[parent];
        filled[parent] += this.total[i];
      }

      open.push(i);
      this.depth = Math.max(this.depth, level + 1);
    }

    while (open.length) this.end[open.pop()] = this.count;
  }

  nameOf(node) { return this.names[this.name[node]]; }

  moduleOf(node) { return this.modules[this.module[node]]; }

  /** Children of a node, in file order (heaviest first). */
  *children(node) {
    for (let child = node + 1; child < this.end[node]; child = this.end[child]) yield child;
  }

  /** The evidence for a node with all below it. */
  evidenceOf(node) { return this.evidence.subarray(node * this.width, (node + 1) * this.width); }

  /** The evidence for what the node has itself. */
  ownEvidenceOf(node) {
    const own = this.evidenceOf(node).slice();
    if (!(this.self[node] > 0)) return own.fill(0);
    for (const child of this.children(node)) {
      for (let i = 0; i < own.length; i++) own[i] -= this.evidence[child * this.width + i];
    }

    return own.map((figure) => Math.max(0, figure));
  }

  isWithin(node, ancestor) { return node >= ancestor && node < this.end[ancestor]; }

  /** The node on this level whose box holds the value position; -1 when there is none. */
  at(level, position) {
    let node = 0;
    while (node >= 0 && this.level[node] < level) {
      let found = -1;
      for (const child of this.children(node)) {
        if (position >= this.start[child] && position < this.start[child] + this.total[child]) {
          found = child;
          break;
        }
      }

      node = found;
    }

    return node;
  }

  /** Names from the node up to the root, the root itself left out. */
  stackOf(node) {
    const stack = [];
    for (let at = node; at > 0; at = this.parent[at]) stack.push(this.nameOf(at));
    return stack;
  }
}

/** Reads the analyzer's flame file. @returns {Tree} */
export const treeOf = (file) => new Tree(file.names, file.modules, file.name, file.module, file.level, file.totals, file.self);

/** Adds evidence to a list of it; an empty list is as good as zeros. @param {number[]} sum @param {ArrayLike<number>} more @returns {number[]} the list */
export function addUp(sum, more) {
  for (let i = 0; i < more.length; i++) sum[i] = (sum[i] ?? 0) + more[i];
  return sum;
}

/** Goroutines are counted one by one; all other files hold samples, or what is estimated from them. */
export const isCounted = (file) => file.unit === "goroutines";

/** @typedef {{node: number, weight: number, evidence: ArrayLike<number>}} Member */

/**
 * Merges equal names level by level.
 * @param {Tree} tree
 * @param {Member[]} seeds members of the root
 * @param {(member: Member) => Iterable<Member>} follow next members
 * @param {{name: number, module: number}} root
 */
function merge(tree, seeds, follow, root) {
  const columns = { name: [], module: [], level: [], total: [], self: [], evidence: [] };
  const whole = sum(seeds);
  const pending = [{ ...root, level: 0, members: seeds, total: whole, evidence: sumOfEvidence(seeds) }];
  while (pending.length) {
    const group = pending.pop();
    const next = new Map();
    let passedOn = 0;
    for (const member of group.members) {
      for (const further of follow(member)) {
        passedOn += further.weight;
        const name = tree.name[further.node];
        const known = next.get(name);
        if (known) known.members.push(further), known.total += further.weight, addUp(known.evidence, further.evidence);
        else next.set(name, { name, module: tree.module[further.node], level: group.level + 1, members: [further], total: further.weight, evidence: addUp([], further.evidence) });
      }
    }

    columns.name.push(group.name);
    columns.module.push(group.module);
    columns.level.push(group.level);
    columns.total.push(group.total);
    columns.self.push(Math.max(0, group.total - passedOn));
    columns.evidence.push(...group.evidence);
    const followed = [...next.values()].filter((child) => child.total > whole * FOLLOWED_SHARE);
    pending.push(...followed.sort((a, b) => a.total - b.total));
  }

  return new Tree(tree.names, tree.modules, columns.name, columns.module, columns.level, columns.total, columns.self, columns.evidence);
}

const sum = (members) => members.reduce((total, member) => total + member.weight, 0);

const sumOfEvidence = (members) => members.reduce((total, member) => addUp(total, member.evidence), []);

function* caller(tree, member) {
  const parent = tree.parent[member.node];
  if (parent > 0) yield { ...member, node: parent };
}

/** Who has the cost, then who called it: the tree upside down. @param {Tree} tree */
export function inverted(tree) {
  const leaves = [];
  for (let node = 1; node < tree.count; node++) {
    if (tree.self[node] > 0) leaves.push({ node, weight: tree.self[node], evidence: tree.ownEvidenceOf(node) });
  }

  // The first step spreads the root into the functions with own cost; each further one goes to the caller.
  const root = { node: 0, weight: sum(leaves), evidence: sumOfEvidence(leaves) };
  return merge(tree, [root], (member) => (member === root ? leaves : caller(tree, member)), { name: tree.name[0], module: tree.module[0] });
}

/** The outermost calls of a function; a recursive call inside is part of the outer one. */
export function callsOf(tree, name) {
  const calls = [];
  for (let node = 1; node < tree.count; node++) {
    if (tree.name[node] === name) {
      calls.push({ node, weight: tree.total[node], evidence: tree.evidenceOf(node) });
      node = tree.end[node] - 1;
    }
  }

  return calls;
}

/**
 * All calls of one function together: who called it and what it called.
 * @returns {{callers: Tree, callees: Tree} | null} null when the function is not in the tree
 */
export function sandwich(tree, functionName) {
  const name = tree.names.indexOf(functionName);
  const calls = name < 0 ? [] : callsOf(tree, name);
  if (!calls.length) return null;

  const root = { name, module: tree.module[calls[0].node] };
  function* callee(member) {
    for (const node of tree.children(member.node)) yield { node, weight: tree.total[node], evidence: tree.evidenceOf(node) };
  }

  return {
    callers: merge(tree, calls, (member) => caller(tree, member), root),
    callees: merge(tree, calls, callee, root),
  };
}

/** Only the stacks that pass through a function, from the root on. Null when there are none. */
export function focused(tree, functionName) {
  const name = tree.names.indexOf(functionName);
  const calls = name < 0 ? [] : callsOf(tree, name);
  if (!calls.length) return null;

  const kept = new Float64Array(tree.count);
  const { width } = tree;
  const evidence = new Float64Array(tree.evidence.length);
  for (const { node, weight, evidence: ofCall } of calls) {
    for (let at = tree.parent[node]; at >= 0; at = tree.parent[at]) {
      kept[at] += weight;
      for (let i = 0; i < width; i++) evidence[at * width + i] += ofCall[i];
    }

    for (let at = node; at < tree.end[node]; at++) kept[at] = tree.total[at];
    evidence.set(tree.evidence.subarray(node * width, tree.end[node] * width), node * width);
  }

  // What a caller spent itself, outside the function, is not part of this view.
  const self = new Float64Array(tree.count);
  for (const { node } of calls) self.set(tree.self.subarray(node, tree.end[node]), node);
  const nodes = [];
  for (let node = 0; node < tree.count; node++) if (kept[node] > 0) nodes.push(node);
  const pick = (column) => nodes.map((node) => column[node]);
  return new Tree(tree.names, tree.modules, pick(tree.name), pick(tree.module), pick(tree.level), pick(kept), pick(self), nodes.flatMap((node) => [...evidence.subarray(node * width, (node + 1) * width)]));
}

/**
 * Which functions match, by name or module; `isMatch` may be asked about views of the tree too.
 * @param {Tree} tree @param {string} pattern a regular expression, case-insensitive unless it is of a whole name (^...$): Go has names that differ in case alone; a text that is none is taken literally
 */
export function search(tree, pattern) {
  let expression;
  try {
    expression = new RegExp(pattern, pattern.startsWith("^") && pattern.endsWith("$") ? "" : "i");
  } catch {
    expression = new RegExp(literal(pattern), "i");
  }

  // Each view of a difference numbers its names for itself: what matches is found anew for every tree that is asked about, once.
  const known = new WeakMap();
  const matchesOf = (of) => {
    let found = known.get(of);
    if (!found) known.set(of, found = { isName: of.names.map((name) => expression.test(name)), isModule: of.modules.map((module) => module !== "" && expression.test(module)) });
    return found;
  };
  const isMatch = (of, node) => {
    const { isName, isModule } = matchesOf(of);
    return node > 0 && (isName[of.name[node]] || isModule[of.module[node]]);
  };
  let frames = 0;
  let value = 0;
  let outerEnd = 0;
  for (let node = 1; node < tree.count; node++) {
    if (!isMatch(tree, node)) continue;
    frames++;
    // A match inside a match adds nothing to the share.
    if (node >= outerEnd) {
      value += tree.total[node];
      outerEnd = tree.end[node];
    }
  }

  return { frames, share: tree.total[0] > 0 ? value / tree.total[0] : 0, isMatch };
}

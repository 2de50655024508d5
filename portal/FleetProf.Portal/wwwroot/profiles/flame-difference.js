// Two call trees laid over each other. No DOM in here; nothing recurses.

import { Tree, addUp } from "../js/flame-model.js";

/** In allocation profiles the leaves are the types that were made, in a module of this name. */
const TYPE_MODULE = "[type]";

/**
 * Merges two trees by the names on their paths. A node is as wide as both sides together, each measured by its own whole, so that what is gone
 * and what is new are both seen. The tree has two more columns, `before` and `after`: total values of each side in its own unit, and `selfBefore`, `selfAfter`.
 * How sure these are, `evidenceOf` tells.
 * @param {Tree | null} before null when that side has no such tree
 * @param {Tree | null} after
 * @param {number} beforeWhole @param {number} afterWhole what counts as the whole of each side; above 0
 * @returns {Tree & Record<"before" | "after" | "selfBefore" | "selfAfter", Float64Array> & {sides: (Tree | null)[], members: number[][][]}} `members` are a node's nodes in the trees of both sides
 */
export function differenceOf(before, after, beforeWhole, afterWhole) {
  const names = new Table();
  const modules = new Table();
  const columns = { name: [], module: [], level: [], total: [], self: [] };
  const sides = { before: [], after: [], selfBefore: [], selfAfter: [] };
  const members = [];
  const first = after ?? before;
  const pending = [{ name: first.nameOf(0), module: first.moduleOf(0), level: 0, inBefore: before ? [0] : [], inAfter: after ? [0] : [] }];
  while (pending.length) {
    const group = pending.pop();
    const [a, selfA] = sums(before, group.inBefore);
    const [b, selfB] = sums(after, group.inAfter);
    members.push([group.inBefore, group.inAfter]);
    columns.name.push(names.indexOf(group.name));
    columns.module.push(modules.indexOf(group.module));
    columns.level.push(group.level);
    sides.before.push(a);
    sides.after.push(b);
    sides.selfBefore.push(selfA);
    sides.selfAfter.push(selfB);
    columns.total.push(a / beforeWhole + b / afterWhole);
    columns.self.push(selfA / beforeWhole + selfB / afterWhole);
    const children = new Map();
    collect(before, group.inBefore, children, "inBefore", group.level + 1);
    collect(after, group.inAfter, children, "inAfter", group.level + 1);
    const weight = (child) => total(before, child.inBefore) / beforeWhole + total(after, child.inAfter) / afterWhole;
    pending.push(...[...children.values()].map((child) => ({ child, weight: weight(child) })).sort((x, y) => x.weight - y.weight).map(({ child }) => child));
  }

  const tree = new Tree(names.texts, modules.texts, columns.name, columns.module, columns.level, columns.total, columns.self);
  for (const [column, values] of Object.entries(sides)) tree[column] = Float64Array.from(values);
  return Object.assign(tree, { sides: [before, after], members });
}

const evidenceOfSides = (tree, node, of) => tree.members[node].map((members, side) => members.reduce((sum, member) => addUp(sum, of(tree.sides[side], member)), []));

/** The evidence for a node of a difference on both sides; an empty list where a side does not have it. Made when it is asked for: few nodes are looked at. @returns {number[][]} */
export const evidenceOf = (tree, node) => evidenceOfSides(tree, node, (side, member) => side.evidenceOf(member));

const ownEvidenceOf = (tree, node) => evidenceOfSides(tree, node, (side, member) => side.ownEvidenceOf(member));

/**
 * What each method costs itself and with all it calls, on both sides. A recursive call inside another one adds nothing to the latter.
 * A type is no method: what was allocated of it is the own cost of the method that made it.
 * @returns {{name: string, module: string, selfBefore: number, selfAfter: number, totalBefore: number, totalAfter: number, selfEvidence: number[][], totalEvidence: number[][]}[]} evidence of both sides
 */
export function methodsOf(tree) {
  const rows = new Map();
  const open = [];
  for (let node = 1; node < tree.count; node++) {
    while (open.length && tree.end[open.at(-1)] <= node) open.pop();
    const isType = tree.moduleOf(node) === TYPE_MODULE;
    const owner = isType ? open.at(-1) : node;
    if (owner === undefined) continue;
    const name = tree.name[owner];
    if (!rows.has(name)) rows.set(name, { name: tree.nameOf(owner), module: tree.moduleOf(owner), selfBefore: 0, selfAfter: 0, totalBefore: 0, totalAfter: 0, selfEvidence: [[], []], totalEvidence: [[], []] });
    const row = rows.get(name);
    row.selfBefore += tree.selfBefore[node];
    row.selfAfter += tree.selfAfter[node];
    ownEvidenceOf(tree, node).forEach((own, side) => addUp(row.selfEvidence[side], own));
    if (isType) continue;
    if (!open.some((outer) => tree.name[outer] === name)) {
      row.totalBefore += tree.before[node];
      row.totalAfter += tree.after[node];
      evidenceOf(tree, node).forEach((all, side) => addUp(row.totalEvidence[side], all));
    }

    open.push(node);
  }

  return [...rows.values()];
}

const total = (tree, nodes) => nodes.reduce((sum, node) => sum + tree.total[node], 0);

function sums(tree, nodes) {
  const sum = [0, 0];
  for (const node of nodes) {
    sum[0] += tree.total[node];
    sum[1] += tree.self[node];
  }

  return sum;
}

function collect(tree, nodes, children, side, level) {
  for (const node of nodes) {
    for (const child of tree.children(node)) {
      const name = tree.nameOf(child);
      if (!children.has(name)) children.set(name, { name, module: tree.moduleOf(child), level, inBefore: [], inAfter: [] });
      children.get(name)[side].push(child);
    }
  }
}

/** A string table. */
class Table {
  constructor() {
    this.texts = [];
    this.known = new Map();
  }

  indexOf(text) {
    let index = this.known.get(text);
    if (index === undefined) {
      index = this.texts.push(text) - 1;
      this.known.set(text, index);
    }

    return index;
  }
}

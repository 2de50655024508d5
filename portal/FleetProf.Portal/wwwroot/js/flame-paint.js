// Draws call trees as icicles on a 2D canvas that is never larger than what is on the screen.

/** @typedef {import("./flame-model.js").Tree} Tree */

/**
 * A tree on the canvas. `up` parts grow from their root row upwards (callers), the others downwards.
 * @typedef {{tree: Tree, up: boolean, rootRow: number, zoom: number, isRootHidden: boolean}} Part
 */

export const ROW_HEIGHT = 19;

/** Boxes narrower than this are not drawn, nor anything below them. */
const NARROWEST = 1;

const TEXT_MARGIN = 4;

/** @param {Tree} tree @returns {Part[]} */
export const icicle = (tree) => [{ tree, up: false, rootRow: 0, zoom: 0, isRootHidden: false }];

/** Callers above the function, callees below it. @returns {Part[]} */
export const bothWays = ({ callers, callees }) => [
  { tree: callees, up: false, rootRow: callers.depth - 1, zoom: 0, isRootHidden: false },
  { tree: callers, up: true, rootRow: callers.depth - 1, zoom: 0, isRootHidden: true },
];

/** @param {Part[]} parts */
export const rowCount = (parts) => parts[0].rootRow + parts[0].tree.depth;

/** @param {Part} part */
export const rowOf = (part, node) => part.rootRow + (part.up ? -1 : 1) * part.tree.level[node];

/** The box of a node in canvas pixels; the zoomed node and its ancestors take the whole width. */
export function boxOf(part, node, width) {
  const { tree, zoom } = part;
  if (tree.isWithin(zoom, node)) return { x: 0, w: width };
  const scale = width / tree.total[zoom];
  return { x: (tree.start[node] - tree.start[zoom]) * scale, w: tree.total[node] * scale };
}

/** What is under a point. @returns {{part: number, node: number} | null} */
export function hit(parts, x, row, width) {
  for (const [index, part] of parts.entries()) {
    const { tree, zoom } = part;
    const level = part.up ? part.rootRow - row : row - part.rootRow;
    if (level < (part.isRootHidden ? 1 : 0) || level >= tree.depth) continue;
    const node = tree.at(level, tree.start[zoom] + (x / width) * tree.total[zoom]);
    if (node >= 0) return { part: index, node };
    // Positions above the zoomed node belong to its ancestors, however far they reach.
    for (let up = zoom; up >= 0; up = tree.parent[up]) if (tree.level[up] === level) return { part: index, node: up };
  }

  return null;
}

/**
 * Which of the eight module colours a module has: by a hash of its name, so that it looks the same in every capture;
 * heavy modules come first, and only when there are more than eight do two share one.
 * @param {Tree} tree @returns {Int8Array} by module index; -1 for frames of unknown modules
 */
export function moduleColours(tree, colourCount) {
  const weight = new Float64Array(tree.modules.length);
  for (let node = 1; node < tree.count; node++) weight[tree.module[node]] += tree.self[node];
  const colours = new Int8Array(tree.modules.length).fill(-1);
  const taken = new Set();
  const heaviestFirst = [...weight.keys()].filter((module) => tree.modules[module]).sort((a, b) => weight[b] - weight[a]);
  for (const module of heaviestFirst) {
    let colour = hash(tree.modules[module]) % colourCount;
    if (taken.size < colourCount) {
      while (taken.has(colour)) colour = (colour + 1) % colourCount;
    }

    taken.add(colour);
    colours[module] = colour;
  }

  return Object.assign(colours, { heaviestFirst, weight });
}

function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619) >>> 0;
  return value;
}

/** Reads the theme's colours; call it again when the theme changes. @param {Element} element */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(name).trim();
  return {
    boxes: Array.from({ length: 8 }, (_, i) => value(`--flame-${i + 1}`)),
    unknown: value("--flame-unknown"),
    match: value("--flame-match"),
    matchText: value("--flame-match-text"),
    dimmed: value("--flame-dimmed"),
    text: value("--flame-text"),
    mutedText: value("--flame-muted-text"),
    selection: value("--flame-selection"),
    more: Array.from({ length: 4 }, (_, i) => value(`--flame-more-${i + 1}`)),
    less: Array.from({ length: 4 }, (_, i) => value(`--flame-less-${i + 1}`)),
    same: value("--flame-same"),
    font: `12px ${style.fontFamily}`,
  };
}

/**
 * Paints the rows [scroll, scroll + height).
 * @param {CanvasRenderingContext2D} canvas scaled to CSS pixels
 * @param {{parts: Part[], width: number, height: number, scroll: number, theme: ReturnType<typeof readTheme>, colours: Int8Array,
 *          isMatch: ((tree: Tree, node: number) => boolean) | null, selection: {part: number, node: number} | null,
 *          fillOf?: (tree: Tree, node: number) => string, labelOf?: (tree: Tree, node: number) => string}} view `fillOf` takes the place of the colours of modules, `labelOf` follows the name.
 * @returns {number} boxes drawn
 */
export function paint(canvas, view) {
  canvas.clearRect(0, 0, view.width, view.height);
  canvas.font = view.theme.font;
  canvas.textBaseline = "middle";
  const letter = canvas.measureText("abcdefghij.KLMNOP").width / 17;
  let drawn = 0;
  for (const part of view.parts) drawn += paintPart(canvas, part, view, letter);
  outlineSelection(canvas, view);
  return drawn;
}

function paintPart(canvas, part, view, letter) {
  const { tree, zoom } = part;
  let drawn = 0;
  for (let up = tree.parent[zoom]; up >= 0; up = tree.parent[up]) {
    if (!(part.isRootHidden && up === 0)) drawn += paintBox(canvas, part, up, 0, view.width, view, letter, true);
  }

  const scale = view.width / tree.total[zoom];
  const origin = tree.start[zoom];
  const direction = part.up ? -1 : 1;
  for (let node = zoom; node < tree.end[zoom];) {
    const width = tree.total[node] * scale;
    const top = (part.rootRow + direction * tree.level[node]) * ROW_HEIGHT - view.scroll;
    // Everything below an invisible box is invisible; so is everything that lies beyond the screen in the direction of growth.
    if (width < NARROWEST || (part.up ? top + ROW_HEIGHT < 0 : top > view.height)) {
      node = tree.end[node];
      continue;
    }

    if (!(part.isRootHidden && node === 0)) drawn += paintBox(canvas, part, node, (tree.start[node] - origin) * scale, width, view, letter, false);
    node++;
  }

  return drawn;
}

function paintBox(canvas, part, node, x, width, view, letter, isAncestor) {
  const { tree } = part;
  const y = rowOf(part, node) * ROW_HEIGHT - view.scroll;
  if (y + ROW_HEIGHT < 0 || y > view.height) return 0;
  const { theme } = view;
  const colour = view.fillOf ? -1 : view.colours[tree.module[node]];
  const isMatch = view.isMatch?.(tree, node) ?? false;
  canvas.globalAlpha = isAncestor ? 0.6 : 1;
  canvas.fillStyle = isMatch ? theme.match : view.isMatch ? theme.dimmed : view.fillOf ? view.fillOf(tree, node) : colour >= 0 ? theme.boxes[colour] : theme.unknown;
  canvas.fillRect(x, y, width > 3 ? width - 1 : width, ROW_HEIGHT - 1);
  canvas.globalAlpha = 1;
  const room = Math.floor((width - 2 * TEXT_MARGIN) / letter);
  if (room >= 3) {
    canvas.fillStyle = isMatch ? theme.matchText : view.isMatch ? theme.mutedText : theme.text;
    const label = view.labelOf?.(tree, node) ?? "";
    const name = shortened(tree.nameOf(node), label && room > label.length + 6 ? room - label.length - 1 : room);
    canvas.fillText(label && room > label.length + 6 ? `${name} ${label}` : name, x + TEXT_MARGIN, y + ROW_HEIGHT / 2, width - 2 * TEXT_MARGIN);
  }

  return 1;
}

function outlineSelection(canvas, { parts, width, scroll, selection, theme }) {
  if (!selection) return;
  const part = parts[selection.part];
  const box = boxOf(part, selection.node, width);
  canvas.strokeStyle = theme.selection;
  canvas.lineWidth = 2;
  canvas.strokeRect(box.x + 1, rowOf(part, selection.node) * ROW_HEIGHT - scroll + 1, Math.max(box.w - 3, 1), ROW_HEIGHT - 3);
}

/** Names without parameters and type arguments, cut at the dots; a page shows few distinct ones. @type {Map<string, string[]>} */
const knownWords = new Map();

function wordsOf(name) {
  let words = knownWords.get(name);
  if (!words) {
    let bare = name.replace(/(?<=[\w>])\(.*$/s, "");
    for (let longer = ""; longer !== bare;) {
      longer = bare;
      bare = bare.replace(/(?<=[\w`])[[<][^[\]<>]*[\]>]/g, "");
    }

    if (knownWords.size > 20_000) knownWords.clear();
    knownWords.set(name, words = bare.split(/\.(?=.)/));
  }

  return words;
}

/** What names a frame best in so many letters: its end, class and method, is worth more than its namespace. */
export function shortened(name, room) {
  if (name.length <= room) return name;
  const words = wordsOf(name);
  for (let from = 0; from < words.length; from++) {
    const tail = words.slice(from).join(".");
    if (tail.length <= room) return tail;
  }

  return `${words.at(-1).slice(0, room - 1)}…`;
}

// The flame graph of one capture: fetches the analyzer's file, draws it, and answers mouse and keys.
// What is seen is in the address: view, fn (the function of a view), zoom, sel, find.

import * as address from "./address.js";
import { copy, fetchText, make } from "./dom.js";
import { bytes, count, percent } from "./figures.js";
import { Bar } from "./flame-bar.js";
import { Menu, Tooltip } from "./flame-menu.js";
import { focused, inverted, isCounted, sandwich, search, treeOf } from "./flame-model.js";
import { ROW_HEIGHT, bothWays, boxOf, hit, icicle, moduleColours, paint, readTheme, rowCount, rowOf } from "./flame-paint.js";
import { LoadedView, mounting } from "./loaded-view.js";
import { literal } from "./pattern.js";

const PALETTE_SIZE = 8;

/** Fewer samples than this say little about a frame: its share is uncertain by a third and more. */
const SOLID_SAMPLES = 30;

/** One flame graph. A graph of another kind overrides what it reads, derives, colours and says. */
export class FlameGraph extends LoadedView {
  static waiting = "Loading the profile…";

  constructor(host, url, options) {
    super(host, url, options);
    this.selection = null;
    this.found = null;
    this.scheduled = 0;
  }

  dispose() {
    this.forget();
    this.resized?.disconnect();
    this.menu?.close(false);
    cancelAnimationFrame(this.scheduled);
    super.dispose();
  }

  async load() {
    await this.read();
    this.build();
    this.follow();
    // The second frame begins when the first one has been shown.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      performance.measure("flame-data-to-painted", "flame-fetched");
      this.host.dataset.painted = String(this.whole.count);
    }));
  }

  /** Sets the file, whose head figures are shown, the whole tree and the colours of its modules. */
  async read() {
    const text = await fetchText(this.url, this.end.signal);
    performance.mark("flame-fetched");
    this.file = JSON.parse(text);
    this.whole = treeOf(this.file);
    this.colours = moduleColours(this.whole, PALETTE_SIZE);
  }

  /** The tree, or callers and callees, of a view; null when the capture does not have its function, undefined for the whole. */
  derive(view, functionName) {
    return { inverted: () => inverted(this.whole), focus: () => focused(this.whole, functionName), sandwich: () => sandwich(this.whole, functionName) }[view]?.();
  }

  showLegend() { this.bar.showModules(this.whole, this.colours); }

  /** "1.2 GB in 5,210 samples". */
  facts() {
    const { unit, sampleCount } = this.file;
    return unit === "bytes" ? `${bytes(this.whole.total[0])} in ${count(sampleCount)} samples` : `${count(sampleCount)} ${unit}`;
  }

  /** How nodes are painted, beyond the colours of modules. */
  look() { return {}; }

  build() {
    this.canvas = make("canvas", { tabindex: "0", role: "img", "aria-describedby": "flame-status" });
    this.tall = make("div", { class: "flame-tall" }, this.canvas);
    this.scroll = make("div", { class: "flame-scroll" }, this.tall);
    this.status = make("p", { id: "flame-status", class: "flame-status", "aria-live": "polite" });
    this.bar = new Bar({
      onFind: (text) => this.onFind(text),
      onInvert: () => this.show(this.view === "inverted" ? null : "inverted", null),
      onReset: () => this.reset(),
      onModule: (module) => this.bar.setFind(`^${literal(module)}$`, true),
    });
    this.host.replaceChildren(this.bar.element, ...this.warnings(), this.scroll, this.status, this.bar.legend);
    this.showLegend();
    this.tooltip = new Tooltip(this.host);
    this.menu = new Menu(this.host, () => this.canvas.focus());
    this.listen();
    this.theme = readTheme(this.host);
  }

  *warnings() {
    const { sampleCount, lostEvents, droppedNodes } = this.file;
    const reliable = Math.min(1, SOLID_SAMPLES / Math.max(1, sampleCount));
    if (!sampleCount) yield warning(isCounted(this.file) ? "The profile holds no goroutines." : "The capture holds no samples. Capture for longer, or while the service works.");
    else if (reliable > 0.02 && !isCounted(this.file)) yield warning(`Only ${count(sampleCount)} samples: a frame below ${percent(reliable)} rests on fewer than ${SOLID_SAMPLES} of them and may be chance. Capture for longer.`);
    if (lostEvents > 0) yield warning(`${count(lostEvents)} events were lost in the process because its buffer was full: figures are too low.`);
    if (droppedNodes > 0) yield remark(`${count(droppedNodes)} of the lightest frames are not drawn. Their callers' totals include them; views that are inverted, focused or a sandwich miss their cost at the functions that have it.`);
  }

  listen() {
    const signal = this.end.signal;
    const { canvas } = this;
    canvas.addEventListener("click", (event) => this.onClick(event), { signal });
    canvas.addEventListener("contextmenu", (event) => this.onMenu(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.onHover(event), { signal });
    canvas.addEventListener("pointerleave", () => this.tooltip.hide(), { signal });
    canvas.addEventListener("keydown", (event) => this.onKey(event), { signal });
    canvas.addEventListener("focus", () => { if (!this.selection) this.select({ part: 0, node: this.parts[0].zoom }); }, { signal });
    this.scroll.addEventListener("scroll", () => { this.tooltip.hide(); this.schedule(); }, { signal, passive: true });
    document.addEventListener("fp-theme", () => requestAnimationFrame(() => { this.theme = readTheme(this.host); this.schedule(); }), { signal });
    window.addEventListener("popstate", () => this.follow(), { signal });
    this.resized = new ResizeObserver(() => this.schedule());
    this.resized.observe(this.scroll);
  }

  /** Takes view, zoom, selection and search from the address. */
  follow() {
    const query = address.read();
    this.arrange(query.get("view"), query.get("fn"));
    for (const part of this.parts) part.zoom = 0;
    const zoom = this.parse(query.get("zoom"));
    if (zoom) this.parts[zoom.part].zoom = zoom.node;
    this.selection = this.parse(query.get("sel"));
    this.bar.setFind(query.get("find") ?? "", false);
    this.find(query.get("find") ?? "");
    this.paintNow();
    this.reveal(this.selection ?? zoom);
  }

  /** "12" is node 12 of the tree, "c12" of the callers. */
  parse(text) {
    const [, callers, digits] = /^(c?)(\d{1,7})$/.exec(text ?? "") ?? [];
    const at = digits && { part: callers ? 1 : 0, node: Number(digits) };
    return at && at.node < (this.parts[at.part]?.tree.count ?? 0) ? at : null;
  }

  format(at) { return at && `${at.part === 1 ? "c" : ""}${at.node}`; }

  arrange(view, functionName) {
    const derived = this.derive(view, functionName);
    [this.view, this.fn] = derived ? [view, view === "inverted" ? null : functionName] : [null, null];
    this.parts = !derived ? icicle(this.whole) : view === "sandwich" ? bothWays(derived) : icicle(derived);
    this.bar.showView(this.view, this.fn, derived === null ? functionName : null, this.absence());
    this.canvas.setAttribute("aria-label", `Flame graph, ${count(this.file.sampleCount)} ${isCounted(this.file) ? this.file.unit : "samples"}. Arrow keys move, Enter zooms, Escape resets. The table holds the same figures as text.`);
    this.bar.showFacts(this.facts(), this.whole.count);
    this.tall.style.height = `${rowCount(this.parts) * ROW_HEIGHT}px`;
  }

  /** What to say of a function that the file does not have: its frames may have been left out. */
  absence() { return this.file.droppedNodes > 0 ? "is not drawn: its calls, if it has any here, are among the lightest frames; the table has its figures" : "is not in this capture: all of it is shown"; }

  show(view, functionName) {
    this.forget();
    address.write({ view, fn: functionName, zoom: null, sel: null }, { isStep: true });
    this.follow();
    if (view === "sandwich") this.reveal({ part: 0, node: 0 });
  }

  /** What waits to be written to the address belongs to a view that is left now. */
  forget() {
    clearTimeout(this.selecting);
    clearTimeout(this.finding);
  }

  zoom(at) {
    clearTimeout(this.selecting);
    for (const part of this.parts) part.zoom = 0;
    this.parts[at.part].zoom = at.node;
    this.selection = at;
    address.write({ zoom: at.node ? this.format(at) : null, sel: this.format(at) }, { isStep: true });
    this.describe(at);
    this.schedule();
  }

  select(at) {
    this.selection = at;
    this.describe(at);
    this.reveal(at);
    this.schedule();
    clearTimeout(this.selecting);
    this.selecting = setTimeout(() => { if (!this.end.signal.aborted) address.write({ sel: this.format(at) }); }, 300);
  }

  reset() {
    this.forget();
    const isZoomed = this.parts.some((part) => part.zoom > 0);
    address.write(isZoomed ? { zoom: null } : { view: null, fn: null, zoom: null, sel: null, find: null }, { isStep: true });
    this.follow();
  }

  onFind(text) {
    this.find(text);
    this.schedule();
    clearTimeout(this.finding);
    this.finding = setTimeout(() => { if (!this.end.signal.aborted) address.write({ find: text }); }, 300);
  }

  find(text) {
    this.found = text ? search(this.whole, text) : null;
    this.bar.showFound(this.found && (this.found.frames ? `${percent(this.found.share)} in ${count(this.found.frames)} frames` : "no match"));
  }

  amount(value) { return this.file.unit === "bytes" ? bytes(value) : `${count(value)} ${value === 1 ? this.file.unit.replace(/s$/, "") : this.file.unit}`; }

  frame(at) {
    const { tree, zoom } = this.parts[at.part];
    const total = tree.total[at.node];
    // A profile without samples is a share of nothing.
    const whole = this.whole.total[0] || 1;
    const lines = [["total", `${this.amount(total)}  ${percent(total / whole)}`], ["self", `${this.amount(tree.self[at.node])}  ${percent(tree.self[at.node] / whole)}`]];
    if (zoom > 0 && tree.isWithin(at.node, zoom)) lines.push(["of zoom", percent(total / tree.total[zoom])]);
    return { name: tree.nameOf(at.node), module: at.node ? tree.moduleOf(at.node) : "everything", lines };
  }

  describe(at) {
    const { name, module, lines } = this.frame(at);
    this.status.textContent = `${name} · ${module || "unknown module"} · ${lines.map((line) => line.join(" ")).join(" · ")}`;
  }

  pointed(event) {
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top + this.scroll.scrollTop) / ROW_HEIGHT);
    return hit(this.parts, event.clientX - box.left, row, box.width);
  }

  onClick(event) {
    const at = this.pointed(event);
    this.tooltip.hide();
    if (at) this.zoom(at);
  }

  onHover(event) {
    const at = this.pointed(event);
    this.canvas.style.cursor = at ? "pointer" : "default";
    if (at && !this.menu.isOpen) this.tooltip.show(this.frame(at), event.clientX, event.clientY);
    else this.tooltip.hide();
  }

  onMenu(event) {
    const at = this.pointed(event);
    if (!at) return;
    event.preventDefault();
    this.select(at);
    this.openMenu(at, event.clientX, event.clientY);
  }

  openMenu(at, x, y) {
    this.tooltip.hide();
    const { tree } = this.parts[at.part];
    const name = tree.nameOf(at.node);
    const items = [{ label: "Zoom", hint: "Enter", act: () => this.zoom(at) }, { label: "Copy name", hint: "Ctrl+C", act: () => copy(name) }];
    if (at.node > 0 || this.view === "sandwich") {
      items.push(
        { label: "Copy stack", act: () => copy(this.stack(at)) },
        { label: "Focus: only stacks through it", act: () => this.show("focus", name) },
        { label: "Sandwich: its callers and callees", act: () => this.show("sandwich", name) },
        { label: "Find all calls of it", act: () => this.bar.setFind(`^${literal(name)}$`, true) },
        { label: "Open in the top table", act: () => this.openTable(name) });
    }

    this.menu.open(items, x, y);
  }

  get tableTab() { return "top"; }

  openTable(name) {
    this.forget();
    address.write({ tab: this.tableTab, q: name, view: null, fn: null, zoom: null, sel: null, find: null }, { isStep: true });
  }

  /** Leaf first, one frame a line, as stacks are written in .NET. */
  stack(at) {
    const part = this.parts[at.part];
    const stack = part.tree.stackOf(at.node);
    const isUpsideDown = part.up || this.view === "inverted";
    return [...(isUpsideDown ? stack.reverse() : stack), ...(this.view === "sandwich" ? [this.fn] : [])].join("\n");
  }

  onKey(event) {
    if (event.altKey) return;
    const at = this.selection ?? { part: 0, node: this.parts[0].zoom };
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "c" && !getSelection().toString()) copy(this.frame(at).name);
      return;
    }

    const act = {
      ArrowDown: () => this.step(at, 1), ArrowUp: () => this.step(at, -1),
      ArrowLeft: () => this.sidestep(at, -1), ArrowRight: () => this.sidestep(at, 1),
      Home: () => this.select({ part: 0, node: 0 }), Enter: () => this.zoom(at), Escape: () => this.reset(),
      ContextMenu: () => this.openMenuAt(at), F10: () => event.shiftKey && this.openMenuAt(at),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  openMenuAt(at) {
    const box = this.canvas.getBoundingClientRect();
    const { x } = boxOf(this.parts[at.part], at.node, box.width);
    this.openMenu(at, box.left + Math.max(0, x), box.top + (rowOf(this.parts[at.part], at.node) + 1) * ROW_HEIGHT - this.scroll.scrollTop);
  }

  /** Down the screen is +1: to the heaviest callee, or in the callers back towards the function. */
  step(at, direction) {
    const part = this.parts[at.part];
    if (at.node === 0 && direction < 0 && this.parts[1]?.tree.count > 1) return this.select({ part: 1, node: 1 });
    const isDeeper = part.up === direction < 0;
    const to = isDeeper ? (part.tree.end[at.node] > at.node + 1 ? at.node + 1 : -1) : part.tree.parent[at.node];
    if (to >= 0) this.select(to === 0 && part.isRootHidden ? { part: 0, node: 0 } : { part: at.part, node: to });
  }

  sidestep(at, direction) {
    const { tree } = this.parts[at.part];
    const level = tree.level[at.node];
    if (level === 0) return;
    for (let node = at.node + direction; node > 0 && node < tree.count; node += direction) {
      if (tree.level[node] === level) return this.select({ part: at.part, node });
    }
  }

  reveal(at) {
    if (!at) return;
    const top = rowOf(this.parts[at.part], at.node) * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.scroll;
    if (top < scrollTop || top + ROW_HEIGHT > scrollTop + clientHeight) this.scroll.scrollTop = Math.max(0, top - clientHeight / 2);
  }

  schedule() {
    cancelAnimationFrame(this.scheduled);
    this.scheduled = requestAnimationFrame(() => this.paintNow());
  }

  paintNow() {
    const width = this.scroll.clientWidth;
    const height = Math.min(this.scroll.clientHeight, rowCount(this.parts) * ROW_HEIGHT);
    if (!width || !height) return;
    const density = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * density) || this.canvas.height !== Math.round(height * density)) {
      Object.assign(this.canvas, { width: Math.round(width * density), height: Math.round(height * density) });
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }

    const drawing = this.canvas.getContext("2d");
    drawing.setTransform(density, 0, 0, density, 0, 0);
    const boxes = paint(drawing, {
      parts: this.parts, width, height, scroll: this.scroll.scrollTop, theme: this.theme, colours: this.colours,
      isMatch: this.found?.isMatch ?? null, selection: this.selection, ...this.look(),
    });
    this.host.dataset.boxes = String(boxes);
  }
}

/** Shows a flame file in an element, and ends that. */
export const { mount, unmount } = mounting(FlameGraph);

export const warning = (text) => make("p", { class: "fp-notice", role: "note" }, text);

/** What is good to know and no reason for doubt. */
export const remark = (text) => make("p", { class: "fp-muted" }, text);

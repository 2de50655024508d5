// The dominator tree of a heap by types. Rows are asked from the server page by page, when a row is opened; nothing else is loaded.
// What is open is in the address as "open" (numbers of rows), the chosen row as "at".

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count, percent } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";

const PAGE = 50;

/** Rows that an address opens at most. */
const MOST_OPEN = 60;

const DEEPEST_INDENT = 24;

/**
 * A row as the server tells it, and what was loaded below it.
 * @typedef {{node: number, parent: number, isHolder: boolean, name: string, module: string, objects: number, shallowBytes: number, retainedBytes: number, childCount: number}} Row
 * @typedef {{row: Row, children: number[] | null, paged: number}} Place `paged` children came in order; others were added because something below them is open.
 */

class DominatorTree extends LoadedView {
  static waiting = "Loading the dominator tree…";

  /** @type {Map<number, Place>} */
  places = new Map();
  open = new Set();
  at = null;

  fail(failure) {
    if (failure.name === "AbortError") return;
    this.status ??= make("p", {});
    this.status.replaceChildren(make("span", { class: "fp-problem", role: "alert" }, failure.message));
    if (!this.body) this.host.replaceChildren(this.status);
  }

  async load() {
    const root = await this.page(0, 0);
    this.whole = root.heapBytes;
    this.build(root);
    window.addEventListener("popstate", () => this.follow().catch((failure) => this.fail(failure)), { signal: this.end.signal });
    await this.follow();
  }

  build(root) {
    const rest = root.unreachableObjects > 0 ? ` ${count(root.unreachableObjects)} objects are held by nothing that the snapshot tells and are in no row.` : "";
    const incomplete = root.isComplete ? null : make("strong", {}, ` The snapshot is incomplete (${root.incompleteReason}): counts and shallow sizes are lower bounds; retained sizes and holders may be wrong.`);
    const head = (text, hint, kind) => make("th", { scope: "col", class: kind, title: hint }, text);
    this.body = make("tbody");
    this.status = make("p", { class: "heap-status", "aria-live": "polite" });
    this.grid = make("table", { class: "fp-table heap-tree", role: "treegrid", "aria-label": "Dominator tree by types" },
      make("thead", {}, make("tr", {}, head("Type", "A row is all objects that have the same types above them"), head("Retained", "What would at least be freed if the row's objects died", "fp-num"), head("%", "Of all bytes of the snapshot", "fp-num"),
        head("Shallow", "What the row's objects occupy themselves", "fp-num"), head("Objects", "In this row, none of those below", "fp-num"), head("Module", "Assembly"))),
      this.body);
    this.grid.addEventListener("keydown", (event) => this.onKey(event), { signal: this.end.signal });
    this.host.replaceChildren(
      make("p", { class: "heap-summary" }, `Who keeps whom alive: a row retains all below it. Rows below a holder are types; a type that comes again on the way is folded into its first place.${rest}`, incomplete),
      make("div", { class: "fp-scroll heap-scroll" }, this.grid), this.status);
  }

  /** Fetches a page of a row's children and remembers it. */
  async page(node, skip) {
    const page = await fetchJson(`${this.url}?node=${node}&skip=${skip}&take=${PAGE}`, this.end.signal);
    for (const row of [...page.ancestors, page.row, ...page.rows]) this.place(row);
    for (const row of [...page.ancestors.slice(1), page.row]) if (row.node > 0) this.attach(row);
    const place = this.places.get(node);
    const known = place.children ?? [];
    const paged = [...known.slice(0, skip), ...page.rows.map((row) => row.node)];
    place.children = [...paged, ...known.filter((child) => !paged.includes(child))];
    place.paged = paged.length;
    return page;
  }

  place(row) {
    if (!this.places.has(row.node)) this.places.set(row.node, { row, children: null, paged: 0 });
  }

  /** A row that is light among its siblings may be asked for before them. */
  attach(row) {
    const parent = this.places.get(row.parent);
    parent.children ??= [];
    if (!parent.children.includes(row.node)) parent.children.push(row.node);
  }

  /** Takes what is open from the address. */
  async follow() {
    const query = address.read();
    const at = Number.parseInt(query.get("at") ?? "", 10);
    const wanted = (query.get("open") ?? "").split(".").filter((text) => /^\d{1,9}$/.test(text)).map(Number).slice(0, MOST_OPEN);
    this.open = new Set(wanted);
    this.at = Number.isInteger(at) && at > 0 ? at : null;
    const missing = [...new Set([...wanted, ...(this.at ? [this.at] : [])])].filter((node) => node > 0 && !(this.places.get(node)?.paged > 0));
    const loaded = await Promise.allSettled(missing.map((node) => this.page(node, 0)));
    loaded.forEach((result, index) => { if (result.status === "rejected") this.open.delete(missing[index]); });
    const aborted = loaded.find((result) => result.reason?.name === "AbortError");
    if (aborted) throw aborted.reason;
    if (this.at !== null && !this.places.has(this.at)) this.at = null;
    // Above what is open everything is.
    for (const node of [...this.open, ...(this.at === null ? [] : [this.at])]) {
      for (let up = this.places.get(node)?.row.parent ?? 0; up > 0; up = this.places.get(up).row.parent) this.open.add(up);
    }

    this.draw();
    this.element(this.at)?.scrollIntoView({ block: "nearest" });
  }

  write() {
    address.write({ open: [...this.open].slice(-MOST_OPEN).join("."), at: this.at }, { isStep: false });
  }

  async toggle(node) {
    if (this.open.delete(node)) {
      for (const other of [...this.open]) if (this.isBelow(other, node)) this.open.delete(other);
    } else {
      this.open.add(node);
      if (!(this.places.get(node).paged > 0)) await this.page(node, 0);
    }

    this.at = node;
    this.write();
    this.draw();
    this.element(node)?.focus();
  }

  isBelow(node, ancestor) {
    for (let up = this.places.get(node)?.row.parent ?? -1; up >= 0; up = this.places.get(up).row.parent) if (up === ancestor) return true;
    return false;
  }

  async more(node) {
    await this.page(node, this.places.get(node).paged);
    this.draw();
  }

  draw() {
    const rows = [];
    // No recursion: a tree may be deep.
    const pending = [{ node: 0, depth: 0 }];
    while (pending.length) {
      const item = pending.pop();
      const place = this.places.get(item.node);
      if (item.isMore) {
        rows.push(this.moreRow(place, item.depth));
        continue;
      }

      const isOpen = item.node === 0 || this.open.has(item.node);
      if (item.node > 0) rows.push(this.rowOf(place, item.depth, isOpen));
      if (!isOpen || !place.children) continue;
      if (place.children.length < place.row.childCount) pending.push({ node: item.node, depth: item.depth + 1, isMore: true });
      for (const child of [...place.children].reverse()) pending.push({ node: child, depth: item.depth + 1 });
    }

    this.body.replaceChildren(...rows);
    this.host.dataset.rows = String(rows.length);
    const at = this.places.get(this.at)?.row;
    this.status.textContent = at ? `${at.name}: ${bytes(at.retainedBytes)} retained (${percent(this.whole ? at.retainedBytes / this.whole : 0)}) by ${count(at.objects)} objects of ${bytes(at.shallowBytes)}, ${count(at.childCount)} rows below.` : "";
  }

  rowOf({ row }, depth, isOpen) {
    const hasChildren = row.childCount > 0;
    const share = this.whole > 0 ? row.retainedBytes / this.whole : 0;
    const name = row.isHolder ? make("span", {}, row.name) : make("a", { href: `${location.pathname}?${new URLSearchParams({ tab: "paths", type: row.name, ...(row.module ? { module: row.module } : {}) })}`, title: "Why these objects are alive", tabindex: "-1" }, row.name);
    const opener = make("button", { type: "button", class: "heap-opener", tabindex: "-1", disabled: !hasChildren, "aria-label": isOpen ? `Close ${row.name}` : `Open ${row.name}`, onclick: () => this.toggle(row.node).catch((failure) => this.fail(failure)) }, hasChildren ? (isOpen ? "▾" : "▸") : "");
    return make("tr", {
      role: "row", "data-node": row.node, "aria-level": depth, "aria-expanded": hasChildren ? String(isOpen) : null, "aria-selected": row.node === this.at ? "true" : null,
      tabindex: row.node === this.at || (this.at === null && depth === 1 && row.node === this.places.get(0).children[0]) ? "0" : "-1",
    },
      make("td", { role: "gridcell", class: "heap-name", title: row.name, style: `--depth: ${Math.min(depth - 1, DEEPEST_INDENT)}` }, opener, name),
      make("td", { role: "gridcell", class: "fp-num" }, bytes(row.retainedBytes)),
      make("td", { role: "gridcell", class: "fp-num heap-share", style: `--share: ${(Math.min(1, share) * 100).toFixed(1)}%` }, percent(share)),
      make("td", { role: "gridcell", class: "fp-num" }, row.isHolder ? "–" : bytes(row.shallowBytes)),
      make("td", { role: "gridcell", class: "fp-num" }, row.isHolder ? "–" : count(row.objects)),
      make("td", { role: "gridcell" }, row.module));
  }

  moreRow({ row, children, paged }, depth) {
    const left = row.childCount - children.length;
    return make("tr", { class: "heap-more" }, make("td", { colspan: "6", class: "heap-name", style: `--depth: ${Math.min(depth - 1, DEEPEST_INDENT)}` },
      make("button", { type: "button", class: "fp-button", onclick: () => this.more(row.node).catch((failure) => this.fail(failure)) }, `${count(Math.min(PAGE, row.childCount - paged))} lighter rows of ${count(left)}`)));
  }

  element(node) { return this.body.querySelector(`tr[data-node="${Number(node)}"]`); }

  onKey(event) {
    const row = event.target.closest?.("tr[data-node]");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const node = Number(row.dataset.node);
    const isOpen = this.open.has(node);
    const hasChildren = this.places.get(node).row.childCount > 0;
    const rows = [...this.body.querySelectorAll("tr[data-node]")];
    const act = {
      ArrowDown: () => this.choose(rows[rows.indexOf(row) + 1]), ArrowUp: () => this.choose(rows[rows.indexOf(row) - 1]),
      ArrowRight: () => (hasChildren && !isOpen ? this.toggle(node) : this.choose(rows[rows.indexOf(row) + 1])),
      ArrowLeft: () => (isOpen ? this.toggle(node) : this.choose(this.element(this.places.get(node).row.parent))),
      Enter: () => hasChildren && this.toggle(node), Home: () => this.choose(rows[0]), End: () => this.choose(rows.at(-1)),
    }[event.key];
    if (!act || (event.key === "Enter" && event.target !== row)) return;
    event.preventDefault();
    Promise.resolve(act()).catch((failure) => this.fail(failure));
  }

  choose(element) {
    if (!element) return;
    this.at = Number(element.dataset.node);
    this.write();
    this.draw();
    this.element(this.at)?.focus();
  }
}

/** Shows the tree behind a REST address in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(DominatorTree);

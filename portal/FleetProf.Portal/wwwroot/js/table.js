// A table of one result file: fetched, sorted and filtered in the browser, and drawn only where it is looked at.
// What is seen is in the address: sort, dir, q, cols.

import * as address from "./address.js";
import { fetchJson, make } from "./dom.js";
import { bytes, count, growth, percent, rough } from "./figures.js";
import { namesakes } from "./namesakes.js";
import { literal } from "./pattern.js";

const ROW_HEIGHT = 28;
const OVERSCAN = 6;

/**
 * @typedef {{key: string, title: string, kind: "text" | "number" | "count" | "bytes" | "growth" | "points" | "rough" | "value" | "share" | "part" | "ratio", of?: string, hint?: string, isDetail?: boolean, tellsApart?: string}} Column
 *   "value" is counted in the unit of the file; "share" divides the column `key` by the file's figure `of`; "part" and "ratio" are such quotients already, the former with a bar; "growth" is a difference of bytes, "points" one of percents; more is worse. "rough" is a number of which three figures are enough. A detail that "tellsApart" rows of one text in that column is shown where there are such rows.
 * @typedef {{columns: Column[], rows: string | null, sort: string, isAscending: boolean, filter: string[], noun: string, link: {column: string, parameter: string, query: string, also?: string, isWholeName?: boolean} | null, file?: any, where?: (row: any) => boolean, hrefOf?: (row: any) => string | null, titleOf?: (row: any) => string | null}} Options
 *   `rows` names the member that holds the rows; null when the file is the array itself. `link` makes a column a way to another view of this capture, with the row's member `also`; `isWholeName` finds only what is named exactly so.
 *   `hrefOf` makes a row a way to a page of its own where it tells its address; `titleOf` says something about a row.
 *   `file` spares the fetch where a view around the table has it already; `where` is that view's own filter, asked again at each `follow`.
 */

/** @type {WeakMap<HTMLElement, ResultTable>} */
const tables = new WeakMap();

/** Shows a result file in an element. Returns at once; what goes wrong later is shown in the element. */
export function mount(host, url, options) {
  unmount(host);
  tables.set(host, new ResultTable(host, url, options));
}

export function unmount(host) {
  tables.get(host)?.dispose();
  tables.delete(host);
}

export class ResultTable {
  /** @param {HTMLElement} host @param {string} url @param {Options} options */
  constructor(host, url, options) {
    Object.assign(this, { host, url, options });
    this.end = new AbortController();
    host.replaceChildren(make("p", { class: "fp-muted" }, `Loading the ${options.noun}…`));
    this.load().catch((failure) => {
      if (failure.name === "AbortError") return;
      host.replaceChildren(make("p", { class: "fp-problem", role: "alert" }, failure.message));
    });
  }

  dispose() {
    this.end.abort();
    this.resized?.disconnect();
    cancelAnimationFrame(this.scheduled);
    this.host.replaceChildren();
  }

  async load() {
    this.file = this.options.file ?? await fetchJson(this.url, this.end.signal);
    this.all = this.options.rows ? this.file[this.options.rows] : this.file;
    if (!Array.isArray(this.all)) throw new Error("The result file is damaged: it holds no rows. Download the original instead.");
    this.decimals = new Map(this.options.columns.filter((column) => column.kind === "number").map(({ key }) => [key, decimalsOf(this.all, key)]));
    // What no row knows is a detail: "All columns" shows it too.
    this.empty = new Set(this.options.columns.map(({ key }) => key).filter((key) => !this.all.some((row) => (row[key] ?? "") !== "")));
    // What tells namesakes apart is none where there are some.
    this.telling = new Set(this.options.columns.filter(({ tellsApart }) => tellsApart && namesakes(this.all, tellsApart).size > 0).map(({ key }) => key));
    this.build();
    this.follow();
  }

  build() {
    const { signal } = this.end;
    this.search = make("input", {
      type: "search", class: "fp-input table-filter", placeholder: `Filter ${this.options.noun}`, "aria-label": `Filter ${this.options.noun}`, "data-search": true,
      spellcheck: "false", autocomplete: "off", maxlength: "512", oninput: () => this.onFilter(),
    });
    this.shown = make("output", { class: "fp-muted", "aria-live": "polite" });
    this.more = this.options.columns.some((column) => column.isDetail) || this.empty.size > 0
      ? make("button", { type: "button", class: "fp-button", onclick: () => this.change({ cols: this.isDetailed ? null : "all" }) }, "All columns")
      : null;
    this.head = make("tr");
    this.body = make("tbody");
    this.table = make("table", { class: "fp-table table-results" }, make("thead", {}, this.head), this.body);
    this.scroll = make("div", { class: "fp-scroll table-scroll", tabindex: "0", role: "region", "aria-label": this.options.noun }, this.table);
    this.host.replaceChildren(make("div", { class: "fp-bar" }, this.search, this.shown, this.more), this.scroll);
    this.scroll.addEventListener("scroll", () => this.schedule(), { signal, passive: true });
    window.addEventListener("popstate", () => this.follow(), { signal });
    this.resized = new ResizeObserver(() => this.schedule());
    this.resized.observe(this.scroll);
  }

  change(changes) {
    address.write(changes);
    this.follow();
  }

  onFilter() {
    this.scroll.scrollTop = 0;
    this.arrange(this.search.value);
    clearTimeout(this.filtering);
    this.filtering = setTimeout(() => { if (!this.end.signal.aborted) address.write({ q: this.search.value }); }, 300);
  }

  follow() {
    const query = address.read();
    this.isDetailed = query.get("cols") === "all";
    this.more?.setAttribute("aria-pressed", String(this.isDetailed));
    this.columns = this.options.columns.filter((column) => this.isDetailed || !((column.isDetail && !this.telling.has(column.key)) || (this.empty.has(column.key) && this.all.length > 0)));
    this.sorted = this.options.columns.find((column) => column.title === query.get("sort")) ?? this.options.columns.find((column) => column.key === this.options.sort);
    this.isAscending = query.has("dir") ? query.get("dir") === "asc" : query.has("sort") ? this.sorted.kind === "text" : this.options.isAscending;
    this.search.value = query.get("q") ?? "";
    this.showHead();
    this.arrange(this.search.value);
  }

  showHead() {
    this.head.replaceChildren(...this.columns.map((column) => {
      const isSorted = column === this.sorted;
      const button = make("button", { type: "button", class: "fp-sort", title: column.hint ?? null, onclick: () => this.onSort(column) }, column.title, isSorted ? make("span", { "aria-hidden": "true" }, this.isAscending ? " ▲" : " ▼") : null);
      return make("th", { scope: "col", class: column.kind === "text" ? null : "fp-num", "aria-sort": isSorted ? (this.isAscending ? "ascending" : "descending") : null }, button);
    }));
  }

  onSort(column) {
    const isAscending = column === this.sorted ? !this.isAscending : column.kind === "text";
    this.scroll.scrollTop = 0;
    this.change({ sort: column.title, dir: isAscending ? "asc" : "desc" });
  }

  arrange(filter) {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const isKept = (row) => {
      const text = this.options.filter.map((key) => row[key] ?? "").join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const { key } = this.sorted;
    const sign = this.isAscending ? 1 : -1;
    const all = this.options.where ? this.all.filter(this.options.where) : this.all;
    this.rows = (words.length ? all.filter(isKept) : [...all]).sort((a, b) => compare(a[key], b[key], sign));
    const of = this.file.methodCount > this.all.length ? `the ${count(this.all.length)} heaviest of ${count(this.file.methodCount)}` : count(this.all.length);
    this.shown.textContent = words.length || all.length < this.all.length ? `${count(this.rows.length)} of ${of} ${this.options.noun}` : `${of} ${this.options.noun}`;
    this.draw();
  }

  schedule() {
    cancelAnimationFrame(this.scheduled);
    this.scheduled = requestAnimationFrame(() => this.draw());
  }

  draw() {
    if (!this.rows) return;
    const height = this.scroll.clientHeight || 600;
    // Where fewer rows are left than were scrolled past: the last of them.
    const first = Math.max(0, Math.min(Math.floor(this.scroll.scrollTop / ROW_HEIGHT), this.rows.length - Math.ceil(height / ROW_HEIGHT)) - OVERSCAN);
    const last = Math.min(this.rows.length, Math.ceil((this.scroll.scrollTop + height) / ROW_HEIGHT) + OVERSCAN);
    this.body.replaceChildren(
      filler(first, this.columns.length), ...this.rows.slice(first, last).map((row) => this.row(row)), filler(this.rows.length - last, this.columns.length));
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.host.dataset.rows = String(this.rows.length);
  }

  row(row) {
    const href = this.options.hrefOf?.(row);
    const cells = this.columns.map((column) => this.cell(row, column));
    if (href) cells[0].replaceChildren(make("a", { href }, ...cells[0].childNodes));
    return make("tr", { "data-fp-row": Boolean(href), title: this.options.titleOf?.(row) ?? null }, ...cells);
  }

  cell(row, column) {
    const value = row[column.key];
    if (column.kind === "text") {
      const text = value === null || value === undefined ? "" : String(value);
      const { link } = this.options;
      const also = link?.also && row[link.also] ? `&${link.also}=${encodeURIComponent(row[link.also])}` : "";
      // What a flame graph finds by is a regular expression.
      const wanted = link?.parameter !== "find" ? text : link.isWholeName ? `^${literal(text)}$` : literal(text);
      const content = link?.column === column.key ? make("a", { href: `${location.pathname}?${link.query}&${link.parameter}=${encodeURIComponent(wanted)}${also}` }, text) : text;
      return make("td", { class: "table-text", title: text }, content);
    }

    const direction = (column.kind === "growth" || column.kind === "points") && value ? (value > 0 ? " table-grew" : " table-shrank") : "";
    const cell = column.kind === "share" || column.kind === "part"
      ? this.share(value, column)
      : make("td", { class: `fp-num${direction}` }, value === null || value === undefined ? "–" : this.figure(value, column));
    if (row.isLowConfidence) {
      cell.classList.add("fp-muted");
      cell.title = "Rests on fewer than 30 samples, which say little";
    }

    return cell;
  }

  share(value, column) {
    const whole = column.kind === "part" ? 1 : this.file[column.of];
    const share = whole > 0 ? value / whole : 0;
    // The bar is a gradient of the cell, so that a row stays one node a cell.
    return make("td", { class: "fp-num table-share", style: `--share: ${(Math.min(1, share) * 100).toFixed(1)}%` }, percent(share));
  }

  figure(value, { kind, key }) {
    if (kind === "bytes" || (kind === "value" && this.file.unit === "bytes")) return bytes(value);
    if (kind === "growth") return growth(value);
    if (kind === "points") return `${value > 0 ? "+" : ""}${value.toFixed(2)}`;
    if (kind === "rough") return rough(value);
    if (kind === "ratio") return percent(value);
    return kind === "number" ? value.toLocaleString("en-US", { minimumFractionDigits: this.decimals.get(key), maximumFractionDigits: this.decimals.get(key) }) : count(value);
  }
}

function filler(rows, columns) {
  return make("tr", { class: "table-filler", "aria-hidden": "true", hidden: rows <= 0 }, make("td", { colspan: columns, style: `height: ${Math.max(0, rows) * ROW_HEIGHT}px` }));
}

/** So many decimals that the column's dots stand below each other; three at most, as the analyzer writes them. */
function decimalsOf(rows, key) {
  let most = 0;
  for (let row = 0; row < rows.length && most < 3; row++) {
    const value = rows[row][key];
    if (typeof value === "number") most = Math.max(most, (String(value).split(".")[1] ?? "").length);
  }

  return Math.min(3, most);
}

/** Empty cells come last in both directions. */
function compare(a, b, sign) {
  const isEmpty = [a, b].map((value) => value === null || value === undefined);
  if (isEmpty[0] || isEmpty[1]) return isEmpty[0] - isEmpty[1];
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
}

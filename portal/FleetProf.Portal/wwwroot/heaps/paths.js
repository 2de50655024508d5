// Why the objects of a type are alive: at most five ways from what holds them, drawn as one tree where they begin alike, and its neighbours.
// The type is in the address as "type", its assembly as "module" where several have one of that name. Types that the result file does not hold are asked from the server.

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { namesakes } from "../js/namesakes.js";

const DEEPEST_INDENT = 24;

/**
 * @typedef {{steps: string[], objects: number, shallowBytes: number, ways: number, sharedTail: number}} Path
 * @typedef {{type: string, module: string, retainedBytes: number, paths: Path[], incoming: Neighbour[], outgoing: Neighbour[]}} TypeRow
 * @typedef {{type: string, module: string, references: number}} Neighbour
 */

class Paths extends LoadedView {
  static waiting = "Loading the paths…";

  failurePlace() {
    return this.detail ?? this.host;
  }

  async load() {
    this.file = await fetchJson(this.url, this.end.signal);
    if (!Array.isArray(this.file.rows)) throw new Error("The result file is damaged: it holds no paths. Download the original instead.");
    this.choice = make("input", {
      type: "search", class: "fp-input heap-choice", list: "heap-path-types", placeholder: "Type, exact name", "aria-label": "Type, exact name", "data-search": true, spellcheck: "false", autocomplete: "off", maxlength: "2000",
      onchange: () => this.choose(this.choice.value.trim()),
    });
    this.list = make("ul", { class: "heap-types", "aria-label": "Types that retain most" });
    this.detail = make("div", { class: "heap-paths", "aria-live": "polite" });
    this.host.replaceChildren(make("div", { class: "heap-columns" },
      make("div", {}, this.choice, make("datalist", { id: "heap-path-types" }, ...this.file.rows.map((row) => make("option", { value: row.type }))), this.list), this.detail));
    window.addEventListener("popstate", () => this.follow().catch((failure) => this.fail(failure)), { signal: this.end.signal });
    await this.follow();
  }

  choose(type, module = null) {
    address.write({ type: type || null, module }, { isStep: true });
    this.follow().catch((failure) => this.fail(failure));
  }

  async follow() {
    const { rows } = this.file;
    const asks = address.read();
    const type = asks.get("type") ?? rows[0]?.type ?? null;
    const module = asks.has("type") ? asks.get("module") : null;
    const known = rows.find((row) => row.type === type && (module === null || row.module === module)) ?? null;
    Object.assign(this, { type, module });
    this.choice.value = type ?? "";
    const shared = namesakes(rows, "type");
    this.list.replaceChildren(...rows.map((row) => make("li", {}, make("button", {
      type: "button", "aria-pressed": String(row === known), title: row.type, onclick: () => this.choose(row.type, shared.has(row.type) ? row.module : null),
    }, named(row, shared), make("span", { class: "fp-muted" }, bytes(row.retainedBytes))))));
    if (type === null) {
      this.detail.replaceChildren(make("p", { class: "fp-muted" }, "The snapshot holds no reachable object."));
      return;
    }

    const query = new URLSearchParams({ type, ...(module === null ? {} : { module }) });
    const asked = known ?? await fetchJson(`${this.url.replace(/\/files\/[^/]*$/, "/heap/paths")}?${query}`, this.end.signal);
    if (this.type !== type || this.module !== module) return;
    this.show(asked, known);
  }

  show(asked, known) {
    const { isComplete, incompleteReason } = known ? this.file : asked;
    const objects = asked.paths.reduce((sum, path) => sum + path.objects, 0);
    const facts = known ? `${bytes(known.retainedBytes)} retained; ` : "";
    const parts = [
      make("h2", { class: "heap-title" }, asked.type),
      known?.module || this.module ? make("p", { class: "fp-muted heap-module" }, `in ${known?.module || this.module}`) : null,
      make("p", { class: "heap-summary" }, asked.paths.length === 0 ? "No root that the snapshot tells reaches an object of this type." : `${facts}these ways speak for ${count(objects)} objects. Each is the shortest one; weak references hold nothing and are on none.`,
        isComplete ? null : make("strong", {}, ` The snapshot is incomplete (${incompleteReason}): a way may be missing.`)),
      asked.paths.length ? this.tree(asked.paths) : null,
      ...(known ? [this.neighbours("Referred to by", known.incoming), this.neighbours("Refers to", known.outgoing)] : [make("p", { class: "fp-muted" }, "Who refers to a type is stored for the types that retain most.")]),
    ];
    this.detail.replaceChildren(...parts.filter((part) => part !== null));
    this.host.dataset.type = asked.type;
  }

  /** One row for each step; steps that ways have in common from the holder down are one row. */
  tree(paths) {
    const root = { children: new Map() };
    for (const path of paths) {
      let at = root;
      path.steps.forEach((name, depth) => {
        if (!at.children.has(name)) at.children.set(name, { name, depth, objects: 0, bytes: 0, ends: [], children: new Map() });
        at = at.children.get(name);
        at.objects += path.objects;
        at.bytes += path.shallowBytes;
      });
      at.ends?.push(path);
    }

    const rows = [];
    const pending = [...root.children.values()].reverse();
    while (pending.length) {
      const step = pending.pop();
      rows.push(this.step(step));
      pending.push(...[...step.children.values()].reverse());
    }

    return make("div", { class: "fp-scroll" }, make("table", { class: "fp-table heap-ways" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "From the holder down"), make("th", { scope: "col", class: "fp-num", title: "Objects of the type that are held on this way" }, "Objects"), make("th", { scope: "col", class: "fp-num", title: "Their own bytes" }, "Shallow"))),
      make("tbody", {}, ...rows)));
  }

  step({ name, depth, objects, bytes: size, ends }) {
    const merged = ends.filter((path) => path.ways > 1);
    const note = merged.length === 0 ? null : make("span", { class: "fp-muted" }, ` with ${count(merged.reduce((sum, path) => sum + path.ways - 1, 0))} more ways that end alike (last ${count(merged[0].sharedTail)} steps)`);
    const isType = depth > 0;
    const text = isType && name !== this.type ? make("button", { type: "button", class: "heap-link", title: "Why these are alive", onclick: () => this.choose(name) }, name) : make(ends.length ? "strong" : "span", {}, name);
    return make("tr", { class: ends.length ? "heap-end" : null },
      make("td", { class: "heap-name", title: name, style: `--depth: ${Math.min(depth, DEEPEST_INDENT)}` }, text, note), make("td", { class: "fp-num" }, count(objects)), make("td", { class: "fp-num" }, bytes(size)));
  }

  neighbours(title, neighbours) {
    if (!neighbours?.length) return make("p", { class: "fp-muted" }, `${title}: nothing.`);
    const shared = namesakes(neighbours, "type");
    return make("section", { class: "heap-neighbours" }, make("h3", {}, title), make("ul", {}, ...neighbours.map((row) => make("li", {},
      make("button", { type: "button", class: "heap-link", onclick: () => this.choose(row.type, row.module || null) }, named(row, shared)), make("span", { class: "fp-muted" }, ` ${count(row.references)} references`)))));
  }
}

/** A type's name, with its assembly where another one beside it is called the same. */
const named = ({ type, module }, shared) => make("span", {}, type, shared.has(type) ? make("span", { class: "fp-muted" }, ` in ${module || "an unknown assembly"}`) : null);

/** Shows heap.paths.json in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(Paths);

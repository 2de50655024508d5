// Leak suspects of a heap snapshot: each a sentence with its evidence, and links to where the same is seen otherwise.
// The suspect whose evidence is shown is in the address as "suspect".

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, count, percent } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";

/** @typedef {{name: string, objects: number, retainedBytes: number, node?: number}} Step */

/** Another view of this capture. */
const view = (tab, query) => `${location.pathname}?${new URLSearchParams({ tab, ...query })}`;

class Suspects extends LoadedView {
  static waiting = "Loading the suspects…";

  async load() {
    this.file = await fetchJson(this.url, this.end.signal);
    if (!Array.isArray(this.file.rows) || !Array.isArray(this.file.findings)) throw new Error("The result file is damaged: it holds no suspects. Download the original instead.");
    window.addEventListener("popstate", () => this.follow(), { signal: this.end.signal });
    this.follow();
    this.host.dataset.suspects = String(this.file.rows.length);
  }

  follow() {
    const { rows, findings } = this.file;
    this.shown = Number(address.read().get("suspect") ?? 0) || (rows.length === 1 ? 1 : 0);
    this.host.replaceChildren(
      this.summary(),
      ...rows.map((suspect, index) => this.suspect(suspect, index + 1)),
      ...(findings.length ? [make("section", { class: "fp-section" }, make("h2", {}, "What else is remarkable"), this.findings())] : []));
  }

  summary() {
    const { rows, heapBytes, reachableBytes, unreachableObjects, isComplete } = this.file;
    const rest = unreachableObjects > 0 ? ` ${count(unreachableObjects)} objects are held by nothing that the snapshot tells and are in no suspect.` : "";
    const found = rows.length === 0 ? "Nothing holds a tenth of the heap in one place."
      : "Each of these holds at least a tenth of the heap in one place. That is a place to look at, not a verdict: a cache may be as large as it should be.";
    return make("p", { class: "heap-summary" }, `${found} ${bytes(reachableBytes)} of ${bytes(heapBytes)} are reachable.${rest}`,
      isComplete ? null : make("strong", {}, " The snapshot is incomplete: shares are of what was seen, and retained sizes and holders may be wrong."));
  }

  suspect(suspect, number) {
    const isShown = number === this.shown;
    const open = suspect.path.map((step) => step.node).filter((node) => node !== undefined);
    const link = (text, href) => make("a", { class: "fp-button", href }, text);
    return make("article", { class: "heap-suspect", "aria-label": `Suspect ${number}`, style: `--share: ${(Math.min(1, suspect.heapShare) * 100).toFixed(1)}%` },
      make("p", { class: "heap-sentence" }, make("span", { class: "fp-tag fp-warn" }, percent(suspect.heapShare)), " ", suspect.sentence),
      make("div", { class: "fp-actions" },
        make("button", { type: "button", class: "fp-button", "aria-expanded": String(isShown), onclick: () => this.show(isShown ? null : number) }, "Evidence"),
        link("Why they are alive", view("paths", { type: suspect.type, ...(suspect.module ? { module: suspect.module } : {}) })),
        open.length ? link("In the dominator tree", view("dominators", { open: open.slice(0, -1).join("."), at: open.at(-1) })) : null,
        link("In the type table", view("types", { q: suspect.type }))),
      isShown ? this.evidence(suspect) : null);
  }

  show(number) {
    address.write({ suspect: number }, { isStep: true });
    this.follow();
  }

  evidence({ path }) {
    const cell = (value, format) => make("td", { class: "fp-num" }, value === undefined || value === null ? "–" : format(value));
    return make("table", { class: "fp-table heap-evidence" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "From the holder down"), make("th", { scope: "col", class: "fp-num" }, "Objects"), make("th", { scope: "col", class: "fp-num" }, "Retained"))),
      make("tbody", {}, ...path.map((step, depth) => make("tr", {},
        make("td", { class: "heap-name", title: step.name, style: `--depth: ${Math.min(depth, 20)}` }, step.name), cell(step.objects || null, count), cell(step.retainedBytes, bytes)))));
  }

  findings() {
    const head = (text, kind) => make("th", { scope: "col", class: kind }, text);
    return make("div", { class: "fp-scroll" }, make("table", { class: "fp-table heap-findings" },
      make("thead", {}, make("tr", {}, head("Retained", "fp-num"), head("Objects", "fp-num"), head("Finding"), head("Type"))),
      make("tbody", {}, ...this.file.findings.map((finding) => make("tr", { "data-kind": finding.kind },
        make("td", { class: "fp-num" }, bytes(finding.retainedBytes)), make("td", { class: "fp-num" }, count(finding.objects)), make("td", { class: "fp-wrap" }, finding.sentence),
        make("td", { class: "heap-name", title: finding.type }, make("a", { href: view("paths", { type: finding.type }) }, finding.type)))))));
  }
}

/** Shows heap.suspects.json in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(Suspects);

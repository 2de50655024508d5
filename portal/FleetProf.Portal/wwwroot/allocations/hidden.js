// Hidden allocations of one capture: what each class costs, what to do about it, and the table of all findings.
// The chosen class is in the address as "class"; the table keeps its own part of the address.

import * as address from "../js/address.js";
import { fetchJson, make } from "../js/dom.js";
import { bytes, percent } from "../js/figures.js";
import { LoadedView, mounting } from "../js/loaded-view.js";
import { ResultTable } from "../js/table.js";

/** @typedef {{id: string, title: string, what: string, inSource: string, mend: string, bytes: number}} Advice */

class HiddenAllocations extends LoadedView {
  static waiting = "Loading the hidden allocations…";

  async load() {
    this.file = await fetchJson(this.url, this.end.signal);
    if (!Array.isArray(this.file.rows) || !Array.isArray(this.file.advice)) throw new Error("The result file is damaged: it holds no findings. Download the original instead.");
    this.cards = make("div", { class: "hidden-cards", role: "group", "aria-label": "Classes" });
    this.card = make("div", { "aria-live": "polite" });
    const rows = make("div", { class: "hidden-rows" });
    this.host.replaceChildren(this.summary(), this.cards, this.card, rows);
    window.addEventListener("popstate", () => this.follow(), { signal: this.end.signal });
    this.table = new ResultTable(rows, this.url, { ...this.options, file: this.file, where: (row) => !this.chosen || row.class === this.chosen.id });
    this.follow();
  }

  summary() {
    const { hiddenBytes, totalBytes, advice, isCold, coldShare, isDebugBuild, debugShare, isBiased } = this.file;
    const share = totalBytes > 0 ? percent(hiddenBytes / totalBytes) : "Nothing";
    const text = advice.length === 0
      ? `No hidden allocation was sampled among ${bytes(totalBytes)}. What the JIT keeps on the stack is not there, and counts as none.`
      : `${share} of ${bytes(totalBytes)} allocated is hidden: source code does not say it. The rest is explicit, or no rule explains it.`;
    return make("div", { class: "hidden-summary" },
      make("span", {}, text),
      isCold ? make("span", { class: "fp-tag fp-warn", title: "Code that is not optimised yet allocates more than it will. Capture again when the process has warmed up." }, `cold: ${percent(coldShare)} of the samples ran unoptimised code`) : null,
      isDebugBuild ? make("span", { class: "fp-tag fp-warn", title: "Code of a Debug build is never optimised and allocates more than a Release build does. Capture a Release build." }, `debug build: ${percent(debugShare)} of the samples ran code that is never optimised`) : null,
      isBiased ? make("span", { class: "fp-tag fp-warn", title: "From AllocationTick, which blames the last type of each 100 KB; .NET 10 has unbiased samples." }, "biased") : null);
  }

  choose(advice) {
    address.write({ class: advice === this.chosen ? null : advice.id }, { isStep: true });
    this.follow();
  }

  follow() {
    const id = address.read().get("class");
    this.chosen = this.file.advice.find((advice) => advice.id === id) ?? null;
    const most = Math.max(...this.file.advice.map((advice) => advice.bytes), 1);
    this.cards.replaceChildren(...this.file.advice.map((advice) => make("button", {
      type: "button", class: "hidden-card", "aria-pressed": String(advice === this.chosen), "data-class": advice.id,
      style: `--share: ${((advice.bytes / most) * 100).toFixed(1)}%`, onclick: () => this.choose(advice),
    }, make("span", { class: "hidden-code" }, advice.id), make("strong", {}, advice.title), make("span", { class: "hidden-bytes" }, `${bytes(advice.bytes)} · ${percent(advice.bytes / this.file.totalBytes)}`))));
    this.card.replaceChildren(...(this.chosen ? [this.advice(this.chosen)] : []));
    this.table.follow();
  }

  advice({ id, title, what, inSource, mend }) {
    const part = (name, text) => [make("dt", {}, name), make("dd", {}, text)];
    return make("article", { class: "hidden-advice", "aria-label": `${id} ${title}` },
      make("h2", {}, `${title} `, make("span", { class: "hidden-code" }, id)),
      make("dl", {}, ...part("What it is", what), ...part("In the source", inSource), ...part("Usual mend", mend)));
  }
}

/** Shows alloc.hidden.json in an element. Returns at once; what goes wrong later is shown in the element. */
export const { mount, unmount } = mounting(HiddenAllocations);

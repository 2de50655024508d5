// The controls above a flame graph and the legend below it.

import { make } from "./dom.js";
import { percent } from "./figures.js";

const LEGEND_LENGTH = 8;

export class Bar {
  /** @param {{onFind(text: string): void, onInvert(): void, onReset(): void, onModule(module: string): void}} listener */
  constructor(listener) {
    this.listener = listener;
    this.search = make("input", {
      type: "search", class: "fp-input flame-find", placeholder: "Find (regular expression)", "aria-label": "Find frames by a regular expression", "data-search": true,
      spellcheck: "false", autocomplete: "off", maxlength: "512", oninput: () => listener.onFind(this.search.value),
    });
    this.found = make("output", { class: "flame-found", "aria-live": "polite" });
    this.invert = make("button", { type: "button", class: "fp-button", "aria-pressed": "false", title: "Who has the cost first, then who called it", onclick: listener.onInvert }, "Invert");
    this.view = make("span", { class: "flame-view" });
    this.facts = make("span", { class: "flame-facts fp-muted" });
    this.element = make(
      "div", { class: "flame-bar", role: "toolbar", "aria-label": "Flame graph" }, this.search, this.found, this.invert,
      make("button", { type: "button", class: "fp-button", title: "Undo the zoom; once more: everything (Esc)", onclick: listener.onReset }, "Reset"), this.view, this.facts);
    this.legend = make("div", { class: "flame-legend", "aria-label": "Colours by module" });
  }

  setFind(text, isTold) {
    this.search.value = text;
    if (isTold) this.listener.onFind(text);
  }

  showFound(text) { this.found.textContent = text ?? ""; }

  showFacts(text, nodeCount) {
    this.facts.textContent = text;
    this.facts.title = `${nodeCount} frames in the call tree`;
  }

  /** @param {string | null} missing the function of a view that could not be made @param {string} absence what to say of it */
  showView(view, functionName, missing, absence) {
    this.invert.setAttribute("aria-pressed", String(view === "inverted"));
    const words = { focus: "Only stacks through ", sandwich: "Callers and callees of " }[view];
    this.view.replaceChildren(...(missing ? [make("code", { title: missing }, missing), ` ${absence}`] : words ? [words, make("code", { title: functionName }, functionName)] : []));
  }

  /** @param {import("./flame-model.js").Tree} tree */
  showModules(tree, colours) {
    const { heaviestFirst, weight } = colours;
    this.legend.replaceChildren(...heaviestFirst.slice(0, LEGEND_LENGTH).map((module) => make(
      "button", { type: "button", class: `flame-module flame-colour-${colours[module] + 1}`, title: "Find this module", onclick: () => this.listener.onModule(tree.modules[module]) },
      tree.modules[module], make("span", { class: "fp-muted" }, `${percent(tree.total[0] ? weight[module] / tree.total[0] : 0)} self`))));
  }
}

// What appears beside the pointer: the tooltip of a frame and its menu.

import { make } from "./dom.js";

const EDGE = 8;

/** Keeps a floating element on the screen. */
function place(element, x, y) {
  element.hidden = false;
  const { width, height } = element.getBoundingClientRect();
  element.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
  element.style.top = `${y + height + EDGE > innerHeight ? Math.max(EDGE, y - height - 2 * EDGE) : y}px`;
}

export class Tooltip {
  constructor(host) {
    this.element = make("div", { class: "flame-tip", role: "tooltip", hidden: true });
    host.append(this.element);
  }

  /** @param {{name: string, module: string, lines: [string, string][]}} frame */
  show(frame, x, y) {
    const rows = frame.lines.map(([label, value]) => make("tr", {}, make("th", {}, label), make("td", {}, value)));
    this.element.replaceChildren(
      make("strong", {}, frame.name), make("span", {}, frame.module || "unknown module"), make("table", {}, make("tbody", {}, ...rows)));
    place(this.element, x + 14, y + 18);
  }

  hide() { this.element.hidden = true; }
}

export class Menu {
  /** @param {HTMLElement} host @param {() => void} onClosed */
  constructor(host, onClosed) {
    this.element = make("div", { class: "flame-menu", role: "menu", "aria-label": "Frame", hidden: true, onkeydown: (event) => this.#onKey(event) });
    this.onClosed = onClosed;
    host.append(this.element);
    this.closeOutside = (event) => { if (!this.element.contains(event.target)) this.close(false); };
  }

  get isOpen() { return !this.element.hidden; }

  /** @param {{label: string, hint?: string, act: () => void}[]} items */
  open(items, x, y) {
    this.element.replaceChildren(...items.map((item) => make(
      "button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => { this.close(true); item.act(); } },
      item.label, item.hint ? make("kbd", {}, item.hint) : null)));
    place(this.element, x, y);
    this.element.firstElementChild?.focus();
    document.addEventListener("pointerdown", this.closeOutside, true);
  }

  close(isBackToGraph) {
    if (!this.isOpen) return;
    this.element.hidden = true;
    document.removeEventListener("pointerdown", this.closeOutside, true);
    if (isBackToGraph) this.onClosed();
  }

  #onKey(event) {
    const items = [...this.element.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

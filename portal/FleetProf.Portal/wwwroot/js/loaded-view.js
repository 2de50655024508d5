// What every view that loads its own data has in common: one per element, an end, and words for what goes wrong.

import { make } from "./dom.js";

/** A view in an element. A kind of view loads in `load`, which may use `this.url`, `this.options` and, for what must stop with it, `this.end.signal`. */
export class LoadedView {
  /** What is shown until the data is there. */
  static waiting = "Loading…";

  constructor(host, url, options) {
    Object.assign(this, { host, url, options });
    this.end = new AbortController();
    host.replaceChildren(make("p", { class: "fp-muted" }, new.target.waiting));
  }

  /** Returns at once; what goes wrong later is shown in the element. */
  start() {
    this.load().catch((failure) => this.fail(failure));
  }

  fail(failure) {
    if (failure.name === "AbortError") return;
    this.failurePlace().replaceChildren(make("p", { class: "fp-problem", role: "alert" }, failure.message));
  }

  failurePlace() {
    return this.host;
  }

  dispose() {
    this.end.abort();
    this.table?.dispose();
    this.host.replaceChildren();
  }
}

/** The two functions by which pages show and end a kind of view. */
export function mounting(View) {
  /** @type {WeakMap<HTMLElement, LoadedView>} */
  const views = new WeakMap();
  const unmount = (host) => {
    views.get(host)?.dispose();
    views.delete(host);
  };
  const mount = (host, url, options) => {
    unmount(host);
    const view = new View(host, url, options);
    views.set(host, view);
    view.start();
  };
  return { mount, unmount };
}

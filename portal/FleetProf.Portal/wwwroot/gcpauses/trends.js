// The charts of a service, as its page starts, changes and ends them.

import { living } from "../js/live-view.js";
import { takeEarly } from "./trend-early.js";
import { Trends } from "./trend-view.js";

export const { start, update, stop } = living((root, options, page) => {
  const early = takeEarly(root, options);
  if (early) {
    early.page = page;
    return early;
  }

  const trends = new Trends(root, options, page);
  trends.refresh();
  return trends;
});

// Draws the charts of a service out of sight while the circuit of its page is still on its way, and puts them into the page when it comes.

import { make } from "../js/dom.js";
import { Trends } from "./trend-view.js";

/** @type {Trends | null} */
let early = null;
const coming = new MutationObserver(settle);
begin();

/** What was drawn for these options, once, in this element. @param {HTMLElement} root @param {import("./trend-view.js").Options} options */
export function takeEarly(root, options) {
  const taken = early;
  early = null;
  coming.disconnect();
  if (taken && JSON.stringify(taken.options) === JSON.stringify(options)) {
    if (taken.root !== root) taken.settle(root);
    return taken;
  }

  // Somebody was quicker than the page: it shows something else by now.
  taken?.stop();
  if (!taken?.isSettled) taken?.root.remove();
  return null;
}

async function begin() {
  const link = document.querySelector("link[data-trend]");
  if (!link) return;
  const query = new URL(link.href).searchParams;
  const host = make("div", { class: "trends trends-early", inert: true });
  early = new Trends(host, JSON.parse(link.dataset.trend), null);
  early.refresh({ early: { address: link.href, from: Date.parse(query.get("from")), to: Date.parse(query.get("to")), place: placed(host) } });
  coming.observe(document, { childList: true, subtree: true });
}

/** The circuit draws the page before it gets to its scripts: the charts need not wait for these. */
function settle() {
  const root = document.querySelector("main .trends");
  if (!root) return;
  coming.disconnect();
  early?.settle(root);
}

/** In the page once it has a body and its styles, which say how wide and in which colours to draw. */
async function placed(host) {
  if (document.readyState === "loading") await new Promise((done) => document.addEventListener("readystatechange", done, { once: true }));
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].filter(({ sheet }) => !sheet);
  await Promise.all(sheets.map((sheet) => new Promise((done) => ["load", "error"].forEach((end) => sheet.addEventListener(end, done, { once: true })))));
  if (host.hasChildNodes()) document.body.append(host); // Else the page was quicker and has taken them.
}

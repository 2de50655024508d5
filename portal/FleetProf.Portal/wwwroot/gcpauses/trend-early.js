// Draws the charts of a service while the circuit of its page is still on its way, and puts them into the page when it comes.

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
    clear();
    return taken;
  }

  // Somebody was quicker than the page: it shows something else by now.
  taken?.stop();
  clear();
  return null;
}

async function begin() {
  const link = document.querySelector("link[data-trend]");
  if (!link) return;
  if (!placeOf()) await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
  const host = placeOf();
  if (!host) return; // The page was quicker.
  const query = new URL(link.href).searchParams;
  early = new Trends(host, JSON.parse(link.dataset.trend), null);
  early.refresh({ early: { address: link.href, from: Date.parse(query.get("from")), to: Date.parse(query.get("to")), place: styled() } })
    .finally(() => document.dispatchEvent(new Event("fp-painted"))); // Where nothing could be drawn, too.
  coming.observe(document, { childList: true, subtree: true });
  settle();
}

function placeOf() {
  return document.querySelector(".fp-early .trends");
}

/** The circuit draws the page before it gets to its scripts: the charts need not wait for these. */
function settle() {
  const root = document.querySelector("main .trends");
  if (!root) return;
  coming.disconnect();
  early?.settle(root);
  clear();
}

/** What stood in for the page. */
function clear() {
  document.querySelector(".fp-early")?.remove();
}

/** Once its styles are there, which say how wide and in which colours to draw. */
async function styled() {
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].filter(({ sheet }) => !sheet);
  await Promise.all(sheets.map((sheet) => new Promise((done) => ["load", "error"].forEach((end) => sheet.addEventListener(end, done, { once: true })))));
}

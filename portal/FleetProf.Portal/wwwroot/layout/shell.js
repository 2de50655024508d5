// Keys, theme and menus of every page. Works on data attributes, so that it needs no word from the server.

import { copy } from "../js/dom.js";

const GO_MILLISECONDS = 1200;

const SAID_MILLISECONDS = 1500;

let goUntil = 0;

// From the moment the page is there, not only once its circuit is.
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);

/** @param {{ invokeMethodAsync(name: string, ...values: unknown[]): Promise<unknown> }} layout */
export function start(layout) {
  const tellTheme = () => {
    const name = document.querySelector("[data-fp=theme-name]");
    if (name) name.textContent = { system: "Auto", light: "Light", dark: "Dark" }[globalThis.fleetprofTheme.choice()];
    layout.invokeMethodAsync("OnThemeChanged", globalThis.fleetprofTheme.isDark()).catch(() => {});
  };
  document.addEventListener("fp-theme", tellTheme);
  tellTheme();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const menu = event.target instanceof Element ? event.target.closest("details.fp-menu[open]") : null;
    closeMenus(null);
    // What had the focus is hidden now.
    if (menu) menu.querySelector("summary")?.focus();
    else if (isTyping(event.target)) event.target.blur();
    return;
  }
  // Who looks for a service in the form of a campaign does not want to start it.
  if (event.key === "Enter" && event.target instanceof Element && event.target.matches("form input[type=search]")) event.preventDefault();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (performance.now() < goUntil) {
    goUntil = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  if (event.key === "g") goUntil = performance.now() + GO_MILLISECONDS;
  else if (event.key === "?") openHelp();
  else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select?.();
    }
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select"));
}

/** @param {MouseEvent} event */
function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target?.closest("details.fp-menu") ?? null);
  const row = target?.closest("tr[data-fp-row]");
  if (row && !target?.closest("a, button, input, label") && !getSelection()?.toString()) row.querySelector("a")?.click();
  switch (target?.closest("[data-fp]")?.getAttribute("data-fp")) {
    case "theme":
    case "theme-name":
      globalThis.fleetprofTheme.next();
      break;
    case "help":
      openHelp();
      break;
    case "skip":
      document.getElementById("main")?.focus();
      break;
    case "logout":
      logOut(target.closest("[data-fp]"));
      break;
    case "copy-link":
      copyLink(target.closest("[data-fp]"));
      break;
    case "reload":
      location.reload();
      break;
  }
}

/** @param {Element} button says for a moment what came of it */
async function copyLink(button) {
  const words = button.textContent;
  const isCopied = await copy(location.href).then(() => true, () => false);
  button.textContent = isCopied ? "Copied" : "Copy it from the address bar";
  setTimeout(() => { button.textContent = words; }, SAID_MILLISECONDS);
}

/** @param {Element | null} kept */
function closeMenus(kept) {
  for (const menu of document.querySelectorAll("details.fp-menu[open]")) {
    if (menu !== kept) menu.removeAttribute("open");
  }
}

function openHelp() {
  const help = document.getElementById("fp-help");
  if (help instanceof HTMLDialogElement && !help.open) help.showModal();
}

/** @param {Element} button says so when it did not work */
async function logOut(button) {
  // Not a form: where no answer comes the page stays, and the button says so.
  const answer = await fetch("/logout", { method: "POST" }).catch(() => null);
  // Where it leads says how far the session has ended. 401: it had ended before.
  if (answer?.redirected) location.assign(answer.url);
  else if (answer?.status === 401) location.assign("/login");
  else button.textContent = "Still logged in. Try again";
}

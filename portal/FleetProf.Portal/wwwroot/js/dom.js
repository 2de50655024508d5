// Makes elements. Text only ever becomes text nodes: names come from untrusted recordings.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes "on…" are listeners, "class" and the like are attributes, false and null are left out
 * @param {...(Node | string | null)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }

  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The clipboard, also where the page is not served by https or from this host. @param {string} text @throws when the browser forbids it */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // There is none, or it may not be used: the old way may still work.
  }

  const box = make("textarea", { style: "position:fixed;left:-999px", "aria-hidden": "true" });
  box.value = text;
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  if (!isCopied) throw new Error("The browser does not allow copying.");
}

/** Fetches JSON of our own REST. @returns {Promise<any>} throws an Error that says what to do */
export const fetchJson = async (url, signal) => JSON.parse(await fetchText(url, signal));

/** The text of a file of our own REST. @returns {Promise<string>} throws an Error that says what to do */
export const fetchText = async (url, signal) => (await fetchOk(url, signal, { Accept: "application/json" })).text();

/** An answer of our own REST. @returns {Promise<Response>} throws an Error that says what to do, or that of the signal */
export async function fetchOk(url, signal, headers = {}) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", headers, signal });
  } catch (failure) {
    if (failure.name === "AbortError" || failure.name === "TimeoutError") throw failure;
    throw new Error("The portal does not answer. Check that it runs, then reload the page.");
  }

  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw new Error(problem?.detail ?? `The portal answered ${answer.status}. Reload the page to try again.`);
}

// A question that takes longer is given up, so that its place is free for the next one.
const PATIENCE_MILLISECONDS = 30_000;

/** For what is asked again at each tick. @returns {AbortSignal} */
export const patience = () => AbortSignal.timeout(PATIENCE_MILLISECONDS);

/** @param {any} failure of a question, with or without {@link patience} */
export const whyOf = (failure) => failure?.name === "TimeoutError" ? `no answer came within ${PATIENCE_MILLISECONDS / 1000} s.` : failure?.message ?? failure;

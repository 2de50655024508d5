// Tells the page when its rows are being read, so that they stay where they are. Says only what changed.

/**
 * @param {HTMLElement} scroller
 * @param {{ invokeMethodAsync(name: string, ...values: unknown[]): Promise<unknown> }} page
 */
export function watch(scroller, page) {
  const body = scroller.querySelector("tbody");
  let isPointed = false;
  let isFocused = false;
  let told = false;
  const tell = () => {
    const isHeld = isPointed || isFocused || scroller.scrollTop > 0;
    if (isHeld === told) return;
    told = isHeld;
    page.invokeMethodAsync("OnHold", isHeld).catch(() => {});
  };
  const point = (/** @type {boolean} */ value) => (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "touch") return; // A finger never leaves again.
    isPointed = value;
    tell();
  };
  body?.addEventListener("pointerenter", point(true));
  body?.addEventListener("pointerleave", point(false));
  // By keys alone: a row that is moved loses the focus, but a box that was ticked with the pointer keeps it long after that has left.
  body?.addEventListener("focusin", (event) => {
    isFocused = event.target instanceof Element && event.target.matches(":focus-visible");
    tell();
  });
  body?.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && body.contains(event.relatedTarget)) return;
    isFocused = false;
    tell();
  });
  scroller.addEventListener("scroll", () => {
    // A row that is scrolled away and no longer drawn may take the focus with it without a word.
    isFocused &&= body !== null && body.contains(document.activeElement);
    tell();
  }, { passive: true });
}

/** @param {HTMLElement} scroller */
export function toTop(scroller) {
  scroller.scrollTop = 0;
}

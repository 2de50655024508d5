// Tells the page when its rows are being read, so that they stay where they are. Says only what changed.

/**
 * @param {HTMLElement} scroller
 * @param {{ invokeMethodAsync(name: string, ...values: unknown[]): Promise<unknown> }} page
 */
export function watch(scroller, page) {
  const body = scroller.querySelector("tbody");
  let isPointed = false;
  let told = false;
  const tell = () => {
    const isHeld = isPointed || scroller.scrollTop > 0;
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
  scroller.addEventListener("scroll", tell, { passive: true });
}

/** @param {HTMLElement} scroller */
export function toTop(scroller) {
  scroller.scrollTop = 0;
}

// Brings a page back whose circuit was lost. The framework's own tries soon are half a minute apart, and give up at the end;
// a portal that was restarted answers long before. The address holds all that matters, so that a reload loses nothing.

const TRY_MILLISECONDS = 2000;

/** So many refusals by a portal that answers mean that trying is useless: it was restarted, or the login has expired. */
const MOST_REFUSALS = 3;

let timer = 0;
let refusals = 0;

document.getElementById("components-reconnect-modal")?.addEventListener("components-reconnect-state-changed", (event) => {
  const state = event.detail?.state;
  if (state === "rejected") location.reload();
  else if (state === "hide") stop();
  else timer ||= setInterval(attempt, TRY_MILLISECONDS);
});

function stop() {
  clearInterval(timer);
  timer = 0;
  refusals = 0;
}

async function attempt() {
  try {
    if (!(await fetch("/health/live", { cache: "no-store" })).ok) return;
  } catch {
    return; // Nobody answers yet.
  }

  try {
    if (!(await globalThis.Blazor.reconnect())) location.reload();
  } catch {
    if (timer && ++refusals >= MOST_REFUSALS) location.reload();
  }
}

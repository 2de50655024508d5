// Starts the circuit of a page: at once, or, where the page's charts come before it, when these are painted. They would otherwise share the one thread.
(() => {
  // Who waits longer for the points shall not wait for the page as well.
  const MOST_MILLISECONDS = 300;
  let isStarted = false;
  const start = () => {
    if (!isStarted) globalThis.Blazor.start();
    isStarted = true;
  };
  const isPainted = () => document.querySelector(".fp-early [data-painted]") !== null;
  if (!document.querySelector(".fp-early") || isPainted() || document.hidden) return start();
  document.addEventListener("fp-painted", start, { once: true });
  setTimeout(start, MOST_MILLISECONDS);
})();

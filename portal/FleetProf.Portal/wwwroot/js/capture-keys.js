// [ and ] go to the previous and next capture of the same campaign: to the page's links with these keys.

const pressed = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "[" && event.key !== "]")) return;
  if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]")) return;
  document.querySelector(`a[data-key="${event.key}"]`)?.click();
};

export function start() {
  document.removeEventListener("keydown", pressed);
  document.addEventListener("keydown", pressed);
  document.documentElement.dataset.keys = "captures";
}

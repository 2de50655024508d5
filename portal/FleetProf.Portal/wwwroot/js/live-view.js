// What views that go on by themselves have in common: one per element, a change and an end.

/**
 * The functions by which a page starts, changes and ends such a view.
 * @param {(root: HTMLElement, options: any, page: any) => { change(options: any): void, stop(): void }} begin
 */
export function living(begin) {
  const views = new WeakMap();
  const stop = (root) => {
    views.get(root)?.stop();
    views.delete(root);
  };
  const start = (root, options, page) => {
    stop(root);
    views.set(root, begin(root, options, page));
  };
  const update = (root, options) => {
    const view = views.get(root);
    if (!view) throw new Error("nothing was started here");
    view.change(options);
  };
  return { start, update, stop };
}

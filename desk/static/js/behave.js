// Start a behaviour on each element that asks for it, now and when one is swapped in. `start` may return
// a function that ends it when the element has left the page.
export function behave(selector, start) {
  const ends = new Map();
  const look = (root) => {
    const found = root.matches?.(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (!ends.has(element)) ends.set(element, start(element) ?? (() => {}));
    }
  };
  const leave = () => {
    for (const [element, end] of ends) {
      if (!element.isConnected) {
        ends.delete(element);
        end();
      }
    }
  };
  look(document);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
    }
    leave();
  }).observe(document.documentElement, { childList: true, subtree: true });
}

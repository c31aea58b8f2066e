// "Saved {time}" and {time: "11:11"} make "Saved 11:11".
export const words = (text, values = {}) => (text ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// An icon of the sprite.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${new URL("../icons.svg", import.meta.url).pathname}#i-${name}`);
  svg.append(use);
  return svg;
}

// An element with a class and children.
export function make(tag, cls = "", ...children) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  element.append(...children);
  return element;
}

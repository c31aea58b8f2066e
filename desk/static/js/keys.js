// data-key: the single letter (or "g m": one after the other) that presses an element. j and k move in a list,
// Enter opens, x selects, ? lists all. Off in fields, and everywhere with <html data-keys="off"> (WCAG 2.1.4).
import { make } from "./words.js";

const WRITING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], trix-editor";
let before = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.target.closest("trix-editor")) return search(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.documentElement.dataset.keys === "off" || event.target.closest(WRITING)) return;
  if (document.querySelector("dialog:modal")) return;
  const key = before + event.key;
  if (event.key === "?") return act(event, () => document.querySelector("#keys")?.showModal());
  if (event.key === "/") return search(event);
  if (!before && event.key === "j") return act(event, () => move(1));
  if (!before && event.key === "k") return act(event, () => move(-1));
  if (!before && event.key === "x") return act(event, pick);
  const target = pressed(key);
  if (target) return act(event, () => press(target));
  remember(event.key);
});

function act(event, what) {
  event.preventDefault();
  before = "";
  what();
}

function search(event) {
  const palette = document.querySelector("[data-palette]");
  if (palette) {
    event.preventDefault();
    return palette.dispatchEvent(new CustomEvent("desk:open"));
  }
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  const rail = field.closest("[popover]");
  if (rail && !field.checkVisibility()) rail.showPopover();
  field.focus();
  field.select();
}

function remember(key) {
  clearTimeout(forget);
  before = key === "g" ? "g " : "";
  forget = setTimeout(() => (before = ""), 1200);
}

function pressed(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const row = document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row]:has([aria-current])");
  const all = [...(row?.querySelectorAll(wanted) ?? []), ...document.querySelectorAll(wanted)];      // the row in front comes first
  return all.find((element) => element.checkVisibility()) ?? all.find((element) => element.closest("details:not([open]), [popover]"));
}

function press(target) {
  target.closest("[data-answer-now]")?.setAttribute("open", "");
  if (target.matches("input[type=radio]")) {
    target.click();
    target.dispatchEvent(new CustomEvent("desk:chosen", { bubbles: true }));
  } else {
    target.focus();
    target.click();
  }
}

function links() {
  return [...document.querySelectorAll("[data-open]")].filter((link) => link.checkVisibility());
}

function move(step) {
  const all = links();
  const here = all.findIndex((link) => link === document.activeElement || link.closest("li, tr")?.contains(document.activeElement));
  const now = here >= 0 ? here : all.findIndex((link) => link.hasAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function pick() {
  const row = document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row]:has([aria-current])");
  row?.querySelector("input[type=checkbox]")?.click();
}

// The help lists what this page can do besides.
document.querySelector("#keys")?.addEventListener("toggle", fill);
document.querySelector("#keys")?.addEventListener("beforetoggle", fill);

function fill() {
  const list = document.querySelector("[data-key-list]");
  if (!list) return;
  list.querySelectorAll("[data-of-page]").forEach((line) => line.remove());
  const seen = new Set();
  for (const element of [...document.querySelectorAll("[data-row] [data-key]"), ...document.querySelectorAll("[data-key]")]) {
    const says = name(element);
    if (!says || seen.has(element.dataset.key) || element.closest("dialog")) continue;
    seen.add(element.dataset.key);
    const keys = element.dataset.key.split(" ").map((key) => make("kbd", "key", key.toUpperCase()));
    const line = make("div", "", make("dt", "", says), make("dd", "", ...keys));
    line.dataset.ofPage = "";
    list.append(line);
  }
}

function name(element) {
  const labelled = element.dataset.keySays ?? element.getAttribute("aria-label") ?? element.querySelector("[aria-label]")?.getAttribute("aria-label");
  const copy = (element.matches("input") ? element.closest("label") : element)?.cloneNode(true);
  copy?.querySelectorAll(".key, .rail__count").forEach((part) => part.remove());
  return (labelled ?? copy?.textContent ?? "").trim();
}

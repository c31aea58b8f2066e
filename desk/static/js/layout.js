// Panels of a layout are dragged: to another place, or in from the palette. The buttons beside them do the same without a mouse.
import { behave } from "./behave.js";

behave("[data-slots]", (slots) => {
  const form = document.querySelector("[data-drop]");
  let dragged = null;

  const begin = (event) => {
    const from = event.target.closest?.("[data-panel], [data-kind]");
    if (!from) return;
    dragged = from;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", from.dataset.panel || from.dataset.kind);
    from.classList.add("is-dragged");
  };
  const end = () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    unmark();
  };
  const unmark = () => document.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));

  // The panel before which it would stand: the first whose middle lies below the pointer, in the half that it points at.
  const before = (event) => {
    const under = event.target.closest("[data-panel]");
    if (under) {
      const box = under.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2 ? under : next(under);
    }
    return [...slots.querySelectorAll("[data-panel]")].find((one) => one.getBoundingClientRect().top > event.clientY) || null;
  };
  const next = (one) => {
    const all = [...slots.querySelectorAll("[data-panel]")];
    return all[all.indexOf(one) + 1] || null;
  };
  // Between two in halves it joins the half under the pointer; elsewhere it goes across.
  const column = (event) => {
    const half = event.target.closest(".slots__half");
    return half ? 1 + [...half.parentElement.children].indexOf(half) : 0;
  };

  const over = (event) => {
    if (!dragged) return;
    event.preventDefault();
    unmark();
    (before(event) || slots).classList.add("is-target");
  };
  const drop = (event) => {
    if (!dragged) return;
    event.preventDefault();
    form.elements.panel.value = dragged.dataset.panel || "";
    form.elements.kind.value = dragged.dataset.kind || "";
    form.elements.before.value = before(event)?.dataset.panel || "";
    form.elements.column.value = slots.classList.contains("slots--side") ? "" : column(event);
    form.requestSubmit();
  };
  document.addEventListener("dragstart", begin);
  document.addEventListener("dragend", end);
  slots.addEventListener("dragover", over);
  slots.addEventListener("drop", drop);
  return () => {
    document.removeEventListener("dragstart", begin);
    document.removeEventListener("dragend", end);
  };
});

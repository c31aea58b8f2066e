// Selecting many: a bar with what can be done to them appears above the list. Shift takes the rows between.
import { behave } from "./behave.js";
import { words } from "./words.js";

behave("[data-many]", (bar) => {
  const column = bar.closest(".column") ?? document;
  const count = bar.querySelector("[data-many-count]");
  const name = bar.dataset.manyName ?? "numbers";
  const boxes = () => [...column.querySelectorAll(`[data-row] input[name="${name}"]`)];
  let last = null;
  let shift = false;
  const show = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    bar.toggleAttribute("data-any", chosen > 0);
    column.querySelectorAll(".row-list").forEach((list) => list.classList.toggle("row-list--picking", chosen > 0));
    count.textContent = words(chosen === 1 ? count.dataset.manyOne : count.dataset.manyOther, { n: chosen });
  };
  column.addEventListener("click", (event) => (shift = event.shiftKey), true);
  column.addEventListener("change", (event) => {
    if (event.target.name !== name) return;
    const all = boxes();
    if (shift && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
    }
    last = event.target;
    show();
  });
  bar.querySelector("[data-many-all]")?.addEventListener("click", () => {
    boxes().forEach((box) => (box.checked = true));
    show();
  });
  bar.querySelector("[data-many-clear]")?.addEventListener("click", () => {
    boxes().forEach((box) => (box.checked = false));
    show();
  });
  column.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar.hasAttribute("data-any")) bar.querySelector("[data-many-clear]").click();
  });
  show();
});

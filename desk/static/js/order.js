// Rows of a list that has an order are dragged to another place. The buttons at their end do the same without a mouse.
import { behave } from "./behave.js";

behave("[data-order]", (list) => {
  let dragged = null;
  const rows = () => [...list.querySelectorAll("[data-place]")];
  const unmark = () => rows().forEach((row) => row.classList.remove("is-target", "is-target--below"));

  // Above the row under the pointer, or below where the pointer is in its lower half.
  const aim = (event) => {
    const row = event.target.closest?.("[data-place]");
    if (!row) return null;
    const box = row.getBoundingClientRect();
    return { row, below: event.clientY > box.top + box.height / 2 };
  };

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-place]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
    dragged.classList.add("is-dragged");
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    unmark();
  });
  list.addEventListener("dragover", (event) => {
    const at = dragged && aim(event);
    if (!at) return;
    event.preventDefault();
    unmark();
    at.row.classList.add("is-target", ...(at.below ? ["is-target--below"] : []));
  });
  list.addEventListener("drop", (event) => {
    const at = dragged && aim(event);
    if (!at) return;
    event.preventDefault();
    const others = rows().filter((row) => row !== dragged);
    const to = at.row === dragged ? rows().indexOf(dragged) : others.indexOf(at.row) + (at.below ? 1 : 0);
    const form = dragged.querySelector("form");
    form.insertAdjacentHTML("beforeend", `<input type="hidden" name="to" value="${to}">`);
    form.requestSubmit();
  });
});

// Mails dragged from the inbox onto a person's tab: the file input takes them, and its form is sent.
import { behave } from "./behave.js";

behave("[data-mail-files]", (form) => {
  const input = form.querySelector("input[type=file]");
  const place = form.closest(".mail-place") ?? form;
  const over = (on) => place.classList.toggle("mail-place--over", on);
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
  place.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  place.addEventListener("dragleave", (event) => place.contains(event.relatedTarget) || over(false));
  place.addEventListener("drop", (event) => {
    over(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
});

// Ctrl+S saves a form; leaving one that was changed is asked about by the browser, unless it is kept as a draft.
import { behave } from "./behave.js";

behave("[data-save]", (form) => {
  let changed = false;
  const keys = (event) => {
    if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save-button]"));
    }
  };
  const ask = (event) => changed && event.preventDefault();
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  document.addEventListener("keydown", keys);
  if (!form.dataset.draft) addEventListener("beforeunload", ask);
  return () => {
    document.removeEventListener("keydown", keys);
    removeEventListener("beforeunload", ask);
  };
});

// The first field that needs another look is where the eye and the keyboard are.
behave('[aria-invalid="true"]', (field) => {
  if (field === document.querySelector('[aria-invalid="true"]')) field.focus();
});

// The box that finds everything: opened by Ctrl K, by a click into the search box of the rail and by typing there. Arrows choose a hit,
// Enter opens it; while the hits are not those of what is typed, Enter leads to the page of all hits instead.
import { behave } from "./behave.js";

behave("[data-palette]", (dialog) => {
  const form = dialog.querySelector("form");
  const field = form.elements.q;
  const hits = dialog.querySelector("[role=listbox]");
  const options = () => [...hits.querySelectorAll("a[role=option]")];
  const now = () => options().find((option) => option.getAttribute("aria-selected") === "true");

  const choose = (option) => {
    now()?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = options();
    const at = all.indexOf(now());
    choose(all[(at + by + all.length) % all.length]);
  };
  const open = (text) => {
    if (text !== undefined) field.value = text;
    if (!dialog.open) dialog.showModal();
    field.focus();
    if (text === undefined) field.select();
    form.dispatchEvent(new CustomEvent("desk:ask"));
  };

  dialog.addEventListener("desk:open", () => open());
  dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("htmx:after:swap", () => choose(options()[0]));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && now() && hits.querySelector("[data-hits-of]")?.dataset.hitsOf === field.value.trim()) {
      event.preventDefault();
      now().click();
    }
  });

  const box = document.querySelector(".rail__find input");
  box?.addEventListener("click", () => open(box.value));
  box?.addEventListener("input", () => {
    open(box.value);
    box.value = "";
  });
});

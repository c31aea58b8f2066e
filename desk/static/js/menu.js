// Menus are details. Esc and a click outside close them, arrows move, and a panel that would leave the window turns round.
import { behave } from "./behave.js";

behave("[data-menu]", (menu) => {
  const summary = menu.querySelector("summary");
  const panel = menu.querySelector(".menu__panel");
  const items = () => [...panel.querySelectorAll("a, button, input, select")].filter((item) => item.checkVisibility());
  const close = (back) => {
    if (!menu.open) return;
    menu.open = false;
    if (back) summary.focus();
  };
  menu.addEventListener("toggle", () => menu.open && place());
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      event.stopPropagation();
      close(true);
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && menu.open && !event.target.matches("input:not([type=checkbox], [type=radio])")) {
      event.preventDefault();
      const all = items();
      const step = event.key === "ArrowDown" ? 1 : -1;
      all.at((all.indexOf(document.activeElement) + step + (all.includes(document.activeElement) ? 0 : step < 0 ? 1 : 0)) % all.length)?.focus();
    }
  });
  panel.addEventListener("click", (event) => event.target.closest("[popovertarget]") && close(false));
  const outside = (event) => menu.contains(event.target) || close(false);
  document.addEventListener("pointerdown", outside);
  document.addEventListener("focusin", outside);
  return () => {
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("focusin", outside);
  };

  // A column cuts off what floats out of it: there the panel is fixed to the window, beside its button.
  function place() {
    const button = summary.getBoundingClientRect();
    panel.classList.add("menu__panel--fixed");
    panel.style.left = panel.style.top = "0";          // as wide as it will be, wherever it then goes
    const { width, height } = panel.getBoundingClientRect();
    const room = document.documentElement;
    const end = menu.classList.contains("menu--end");
    const left = Math.max(8, Math.min(room.clientWidth - width - 8, end ? button.right - width : button.left));
    const below = button.bottom + 4 + height <= room.clientHeight - 8;
    const up = (menu.classList.contains("menu--up") || !below) && button.top - 4 - height >= 8;
    panel.style.left = `${left}px`;
    panel.style.top = up ? `${button.top - 4 - height}px` : `${Math.min(button.bottom + 4, room.clientHeight - height - 8)}px`;
  }
});

addEventListener("resize", () => document.querySelectorAll("[data-menu][open]").forEach((menu) => (menu.open = false)));

// Opening a ticket beside its list changes conversation and card only: the list stays where it is. Narrow windows and
// every click with a modifier go the ordinary way.
import { behave } from "./behave.js";

behave("[data-list]", (list) => {
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!document.querySelector("#ticket") || matchMedia("(max-width: 760px)").matches) return;
    event.preventDefault();
    window.htmx.ajax("GET", link.href, { source: link, target: "#ticket", select: "#ticket", swap: "outerHTML", push: link.getAttribute("href") });
    list.querySelectorAll("[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    link.classList.remove("row-item--unread");
  });
});

document.addEventListener("htmx:after:swap", () => {
  const title = document.querySelector("#conversation h2")?.textContent;
  if (title) document.title = `${title} – Skranke`;
});

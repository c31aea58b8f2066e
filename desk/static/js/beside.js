// data-beside: an address that answers ?q= with who is written to, shown here as the field named by data-beside-of changes.
import { behave } from "./behave.js";

behave("[data-beside]", (place) => {
  let asked = "";
  let clock = 0;
  const form = place.parentElement.querySelector(`[name="${place.dataset.besideOf}"]`).form;
  const field = () => form.querySelector(`[name="${place.dataset.besideOf}"]`);
  asked = field().value;
  const look = async () => {
    const value = field().value;
    if (value === asked) return;
    asked = value;
    const url = new URL(place.dataset.beside, location.href);
    url.searchParams.set("q", value);
    const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && asked === value) place.innerHTML = await answer.text();
  };
  const soon = () => {
    clearTimeout(clock);
    clock = setTimeout(look, 200);
  };
  form.addEventListener("input", soon);
  return () => {
    clearTimeout(clock);
    form.removeEventListener("input", soon);
  };
});

// A form leaves once: while its answer is on the way, pressing again does nothing. What a form's own listeners hold back does not count.
const PATIENCE = 10_000;
let leaving = new WeakSet();

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (leaving.has(form)) return event.preventDefault();
  leaving.add(form);
  setTimeout(() => leaving.delete(form), PATIENCE);       // the answer was a file, or never came
});
addEventListener("pageshow", () => (leaving = new WeakSet()));      // come back to, as it was left

// data-drafted: a plain form that is kept as a draft while it is filled in, as the composer is.
import { behave } from "./behave.js";
import { Draft } from "./draft.js";

const OURS = ["csrf_token", "version", "draft", "channel", "once"];

behave("form[data-drafted]", (form) => {
  let sending = false;
  const draft = new Draft(form, {
    read: () => Object.fromEntries([...new FormData(form)].filter(([name]) => !OURS.includes(name))),
    write: (kept) => {
      for (const field of form.elements) {
        if (field.name && !OURS.includes(field.name) && typeof kept[field.name] === "string") field.value = kept[field.name];
      }
    },
  });
  draft.start();
  form.addEventListener("input", () => draft.touch());
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    if (draft.settled) return draft.gone();
    event.preventDefault();
    if (!(await draft.save())) return;
    sending = true;
    draft.gone();
    form.requestSubmit(event.submitter);
  });
  return () => draft.end();
});

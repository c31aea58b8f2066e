// data-when="reading=imap": shown only while the field has that value (for a checkbox: "everybody=" means not ticked);
// "auth=microsoft|google" while it has one of these.
import { behave } from "./behave.js";

behave("[data-when]", (part) => {
  const [name, wanted] = part.dataset.when.split("=");
  const form = part.closest("form");
  const show = () => {
    part.hidden = !wanted.split("|").includes(new FormData(form).get(name) ?? "");
  };
  form.addEventListener("change", show);
  show();
});

// data-suggest: an address that answers ?q= with [{name}] or [{address, name}], shown in the field's datalist.
import { behave } from "./behave.js";

behave("input[data-suggest][list]", (field) => {
  if (!field.dataset.suggest) return;
  let clock = 0;
  field.addEventListener("input", () => {
    clearTimeout(clock);
    clock = setTimeout(async () => {
      if (field.value.length < 2) return;
      const url = new URL(field.dataset.suggest, location.href);
      url.searchParams.set("q", field.value);
      const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) return;
      const options = (await answer.json()).map((one) => {
        const option = document.createElement("option");
        option.value = one.address ?? one.name;
        if (one.address && one.name) option.label = one.name;
        return option;
      });
      field.list?.replaceChildren(...options);
    }, 200);
  });
});

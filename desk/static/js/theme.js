// Light or dark shows at once while it is being chosen; saving the form keeps it.
import { behave } from "./behave.js";

behave("[data-theme-choice]", (choice) => {
  choice.addEventListener("change", (event) => {
    if (event.target.value) document.documentElement.dataset.bsTheme = event.target.value;
    else delete document.documentElement.dataset.bsTheme;
  });
});

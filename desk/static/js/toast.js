// The toast stays for 20 seconds, longer while it is hovered or focused; the history keeps its undo.
import { behave } from "./behave.js";

behave("[data-toast]", (toast) => {
  let clock = 0;
  const start = () => {
    clearTimeout(clock);
    clock = setTimeout(() => (toast.hidden = true), 20000);
  };
  for (const stop of ["pointerenter", "focusin"]) toast.addEventListener(stop, () => clearTimeout(clock));
  for (const go of ["pointerleave", "focusout"]) toast.addEventListener(go, start);
  start();
  return () => clearTimeout(clock);
});

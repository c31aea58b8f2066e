// Mail HTML in its sandboxed frame, as high as it is. Scripts never run in there (docs/decisions), so the height is
// measured from out here, which the frame's allow-same-origin permits.
import { behave } from "./behave.js";

behave("[data-frame]", (frame) => {
  let watch = null;
  const fit = () => {
    const inside = frame.contentDocument;
    if (!inside?.body) return;
    const height = Math.max(inside.body.scrollHeight, Math.ceil(inside.body.getBoundingClientRect().bottom));
    frame.style.height = `${Math.max(24, height)}px`;
  };
  const ready = () => {
    watch?.disconnect();
    const inside = frame.contentDocument;
    if (!inside?.body || inside.URL === "about:blank") return;
    inside.addEventListener("load", fit, true);
    watch = new ResizeObserver(fit);
    watch.observe(inside.body);
    fit();
  };
  frame.addEventListener("load", ready);
  if (frame.contentDocument?.readyState === "complete") ready();
  return () => watch?.disconnect();
});

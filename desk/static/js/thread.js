// A conversation begins where the reading does: at the last letter, and stays there while frames find their height.
import { behave } from "./behave.js";

behave("[data-thread]", (body) => {
  const target = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
  let pinned = !target;
  const follow = () => pinned && (body.scrollTop = body.scrollHeight);
  const watch = new ResizeObserver(follow);
  watch.observe(body);
  body.querySelectorAll(".thread").forEach((thread) => watch.observe(thread));
  for (const own of ["wheel", "touchmove", "keydown", "pointerdown"]) body.addEventListener(own, () => (pinned = false), { passive: true });
  // what opens near the bottom would lie behind the composer
  const shown = (event) => event.target.open && event.target.matches(".why, .fold") && event.target.scrollIntoView({ block: "nearest" });
  body.addEventListener("toggle", shown, true);
  if (target) target.scrollIntoView({ block: "start" });
  follow();
  return () => watch.disconnect();
});

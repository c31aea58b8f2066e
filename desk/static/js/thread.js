// A conversation begins where the reading does: at its end, or where the customer's last letter begins when that is
// longer than the window; and stays there while frames find their height.
import { behave } from "./behave.js";

behave("[data-thread]", (body) => {
  const target = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
  let pinned = !target;
  const last = [...body.querySelectorAll(".letter--theirs[open]")].at(-1);
  const start = () => (last ? last.getBoundingClientRect().top - body.getBoundingClientRect().top + body.scrollTop - 8 : Infinity);
  const follow = () => pinned && (body.scrollTop = Math.min(start(), body.scrollHeight));
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

// data-live: an address that tells what is new, asked every data-live-every seconds while the page is seen.
//   {new: 2, text: "2 new tickets", url}         → the bar appears; the list never jumps by itself
//   {readers: [{initials, text}], version, …}   → who reads or writes here beside us
//   {deliveries: {uid: html}}                   → how our mails fare, put beside each of them
import { behave } from "./behave.js";
import { make } from "./words.js";

behave("[data-live]", (bar) => {
  if (!bar.dataset.live) return undefined;
  const pause = 1000 * Number(bar.dataset.liveEvery || 10);
  let clock = 0;
  let stopped = false;
  let slow = 1;
  const next = () => {
    clearTimeout(clock);
    if (!stopped) clock = setTimeout(ask, pause * slow);
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(bar.dataset.live, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
      if (answer.ok) {
        show(bar, await answer.json());
        slow = 1;
      } else slow = Math.min(slow * 2, 8);
    } catch {
      slow = Math.min(slow * 2, 8);
    }
    next();
  };
  const seen = () => !document.hidden && ask();
  document.addEventListener("visibilitychange", seen);
  next();
  return () => {
    stopped = true;
    clearTimeout(clock);
    document.removeEventListener("visibilitychange", seen);
  };
});

function show(bar, news) {
  const known = Number(bar.dataset.liveVersion || 0);
  const changed = news.version !== undefined ? news.version > known : news.new > 0;
  if (news.text && changed) {
    bar.querySelector("[data-live-text]").textContent = news.text;
    if (news.url) bar.href = news.url;
    bar.hidden = false;
  } else if (news.new === 0) bar.hidden = true;
  for (const [uid, html] of Object.entries(news.deliveries ?? {})) {
    const sign = document.querySelector(`[data-delivery="${CSS.escape(uid)}"]`);
    if (sign && sign.dataset.now !== html) {
      sign.dataset.now = html;
      sign.innerHTML = html;
    }
  }
  const place = news.readers && bar.closest("[data-ticket]")?.querySelector("[data-readers]");
  if (!place) return;
  const now = news.readers.map((reader) => reader.text).join("\n");
  if (place.dataset.now === now) return;
  place.dataset.now = now;
  place.replaceChildren(
    ...news.readers.map((reader) => {
      const face = make("span", "face face--agent face--s", reader.initials);
      face.setAttribute("aria-hidden", "true");
      return make("span", "sign not-narrow", face, reader.text);
    }),
  );
}

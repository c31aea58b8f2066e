// "/" in the composer offers the canned replies: type on to narrow, arrows and Enter to take one, Esc to write on.
import { make, words } from "./words.js";

export function canned(form, editor, says) {
  const url = form.dataset.canned;
  if (!url) return;
  const box = make("div", "canned");
  box.id = "canned";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "/");
  box.hidden = true;
  form.append(box);
  const fetched = new Map();
  let shown = [];
  let at = 0;
  let given = "";

  editor.addEventListener("trix-change", look);
  editor.addEventListener("trix-selection-change", look);
  editor.addEventListener("blur", () => setTimeout(hide, 150));
  editor.addEventListener("keydown", keys, true);
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(Number(option.dataset.at));
  });

  function typed() {
    const [from, to] = editor.editor.getSelectedRange();
    if (from !== to) return null;
    const found = editor.editor.getDocument().toString().slice(0, from).match(/(?:^|\s)\/([\p{L}\d-]*)$/u);
    return found ? { word: found[1].toLowerCase(), from: from - found[1].length - 1, to: from } : null;
  }

  async function look() {
    const now = typed();
    if (!now) {
      given = "";
      return hide();
    }
    if (given === now.word + now.from) return undefined;
    const replies = await offered();
    const still = typed();
    if (!replies || !still) return hide();
    shown = replies.filter((one) => one.prefix.toLowerCase().startsWith(still.word) || one.title.toLowerCase().includes(still.word)).slice(0, 12);
    at = 0;
    return show();
  }

  // Those in the language and for the mailbox that are chosen now.
  async function offered() {
    const wanted = new URL(url, location.href);
    for (const name of ["language", "from"]) {
      const value = new FormData(form).get(name);
      if (value) wanted.searchParams.set(name, value);
    }
    if (!fetched.has(wanted.href)) {
      const replies = await fetch(wanted, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : null))
        .catch(() => null);
      if (!replies) return null;
      fetched.set(wanted.href, replies);
    }
    return fetched.get(wanted.href);
  }

  function show() {
    box.replaceChildren(
      ...shown.map((one, number) => {
        const option = make("div", "canned__option", make("strong", "", `/${one.prefix}`), make("span", "clip", one.title));
        option.id = `canned-${number}`;
        option.dataset.at = number;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", String(number === at));
        return option;
      }),
    );
    if (!shown.length) {
      const none = make("div", "canned__none", words(says.none));
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      box.append(none);
    }
    box.hidden = false;
    editor.setAttribute("aria-controls", "canned");
    if (shown.length) editor.setAttribute("aria-activedescendant", `canned-${at}`);
    box.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    if (box.hidden) return;
    box.hidden = true;
    editor.removeAttribute("aria-controls");
    editor.removeAttribute("aria-activedescendant");
  }

  function keys(event) {
    if (box.hidden) return;
    if (event.key === "Escape") {
      const now = typed();
      given = now ? now.word + now.from : "";
      hide();
    } else if (!shown.length) return;
    else if (event.key === "ArrowDown") at = (at + 1) % shown.length;
    else if (event.key === "ArrowUp") at = (at + shown.length - 1) % shown.length;
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") take(at);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!box.hidden) show();
  }

  function take(number) {
    const now = typed();
    hide();
    if (!now || !shown[number]) return;
    editor.editor.setSelectedRange([now.from, now.to]);
    editor.editor.deleteInDirection("backward");
    editor.editor.insertHTML(shown[number].html);
    editor.focus();
  }
}

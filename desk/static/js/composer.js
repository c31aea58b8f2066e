// The composer: Trix over the plain textarea, attachments by picking, dropping and pasting, the draft, Ctrl+Enter.
import { behave } from "./behave.js";
import { canned } from "./canned.js";
import { Draft } from "./draft.js";
import { send } from "./http.js";
import { trix } from "./trix.js";
import { icon, make, words } from "./words.js";

// What is written beside the text and comes back with it.
const FIELDS = ["from", "to", "cc", "subject"];

behave("[data-composer]", (form) => {
  const says = JSON.parse(form.dataset.says);
  const textarea = form.querySelector("[data-editor]");
  const files = form.querySelector("[data-files]");
  const html = make("input");
  Object.assign(html, { type: "hidden", name: "html", id: "composer-html" });
  html.value = textarea.dataset.editor || plain(textarea.value);
  let editor = null;
  let sending = false;        // the form leaves
  let pressed = null;         // the button that was pressed last
  let presses = 0;            // how often, while it is being made ready
  const uploads = new Set();
  const fold = form.closest("[data-answer-now]");     // beside an unknown sender it waits folded
  fold?.addEventListener("toggle", () => fold.open && (editor ?? textarea).focus());

  const draft = new Draft(form, {
    read: () => {
      const data = new FormData(form);
      return {
        kind: data.get("kind"), from: data.get("from"), to: data.get("to"), cc: data.get("cc"), subject: data.get("subject"),
        html: html.value, attachments: data.getAll("attachments"), language: data.get("language"), original: data.get("original"),
      };
    },
    write: (kept) => {
      fold?.setAttribute("open", "");
      for (const name of FIELDS) put(form.elements[name], kept[name]);
      if (editor) editor.editor.loadHTML(kept.html ?? "");
      else html.value = kept.html ?? "";
    },
  });

  // A picture of a draft that finds its size when the page opens is no change of anybody's.
  let stirred = form.contains(document.activeElement);
  for (const act of ["focusin", "pointerdown", "drop"]) form.addEventListener(act, () => (stirred = true), { once: true });

  trix().then(() => customElements.whenDefined("trix-editor")).then(begin);

  function begin() {
    if (!form.isConnected) return;
    editor = make("trix-editor", "composer__editor");
    editor.setAttribute("input", html.id);
    editor.setAttribute("toolbar", "tools");
    place();
    editor.setAttribute("aria-label", textarea.getAttribute("aria-label"));
    const focused = document.activeElement === textarea;
    form.append(html);
    textarea.before(editor);
    textarea.disabled = true;
    textarea.hidden = true;
    editor.addEventListener("trix-initialize", () => {
      draft.start();
      editor.addEventListener("trix-change", () => stirred && draft.touch());
      if (focused) editor.focus();
    }, { once: true });
    editor.addEventListener("trix-file-accept", (event) => {
      if (!event.file.type.startsWith("image/")) {
        event.preventDefault();
        attach([event.file]);
      }
    });
    editor.addEventListener("trix-attachment-add", ({ attachment }) => attachment.file && inline(attachment));
    canned(form, editor, says);
  }

  // A note says that it is one where nothing is written yet.
  const placeholder = textarea.placeholder;
  const noting = () => form.querySelector('[name="kind"][value="note"]')?.checked;
  function place() {
    const text = noting() ? says.note : placeholder;
    textarea.placeholder = text;
    editor?.setAttribute("placeholder", text);
  }
  place();
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") place();
    if (event.target.name === "from") from(event.target.selectedOptions[0].dataset);
    if (event.target.name !== "language") return;
    sign(event.target.dataset.signature ?? "");
    const menu = event.target.closest("details");
    menu.querySelector("summary .clip").textContent = words(says.answers, { language: event.target.nextElementSibling.textContent });
  });

  form.addEventListener("input", (event) => event.target !== textarea && draft.touch());
  form.addEventListener("desk:chosen", () => (editor ?? textarea).focus());
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector(noting() ? "[data-send-note]" : "[data-send]"));
    } else if (event.key === "Enter" && event.target.matches("input[type=text], input:not([type])")) {
      event.preventDefault();
    } else if (event.key === "Escape" && event.target.matches("trix-editor")) {
      event.target.blur();
    }
  });

  // Files and what is written are on the server before the form leaves; without a connection it waits for one.
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    pressed = event.submitter;
    presses += 1;
    if (presses > 1) return;
    const leaves = await ready();
    presses = 0;
    if (!leaves) return;
    sending = true;
    draft.gone();
    form.requestSubmit(pressed);
  });

  async function ready() {
    let heard;
    do {
      heard = presses;
      await told();
    } while (heard !== presses);
    if (!navigator.onLine) return draft.wait(pressed);
    draft.waiting = null;
    return !(await uploaded()) && draft.save();
  }

  // The editor tells of the last keystroke with the next frame, however late that is; a page in the background gets none.
  const told = () => new Promise((go) => {
    if (document.hidden) return go();
    requestAnimationFrame(go);
    document.addEventListener("visibilitychange", go, { once: true });
  });

  const tools = form.querySelector("[data-tools]");
  tools?.addEventListener("click", () => {
    const bar = form.querySelector("trix-toolbar");
    bar.hidden = !bar.hidden;
    tools.setAttribute("aria-expanded", String(!bar.hidden));
  });

  // The address of the mailbox it is from stands beside its name, its signature below the mail.
  function from({ address, signature }) {
    form.querySelector("[data-from-address]").textContent = address;
    sign(signature);
  }
  function sign(signature) {
    const preview = form.querySelector("details[data-signature]");
    preview.querySelector("p").textContent = signature;
    preview.hidden = !signature;
  }

  // Attachments
  const picker = form.querySelector('input[name="files"]');
  picker.removeAttribute("name");
  form.querySelector("[data-attach]").addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    attach([...picker.files]);
    picker.value = "";
  });
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form.classList.add("composer--drop");
  });
  form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || form.classList.remove("composer--drop"));
  form.addEventListener("drop", (event) => {
    form.classList.remove("composer--drop");
    if (!carries(event)) return;
    const dropped = [...event.dataTransfer.files];
    const intoText = event.target.closest?.("trix-editor") && dropped.every((file) => file.type.startsWith("image/"));
    if (intoText) return;
    event.preventDefault();
    event.stopPropagation();
    attach(dropped);
  }, true);
  files.querySelectorAll(".chip").forEach(removable);

  function upload(file) {
    const one = post(file).finally(() => uploads.delete(one));
    uploads.add(one);
    return one;
  }

  // True when a file was refused meanwhile: that is read first.
  async function uploaded() {
    let refused = false;
    while (uploads.size) {
      const ended = await Promise.allSettled([...uploads]);
      refused ||= ended.some((one) => one.status === "rejected");
    }
    return refused;
  }

  async function post(file) {
    const body = new FormData();
    body.append("file", file, file.name);
    const answer = await send(form.dataset.upload, "POST", body);
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.error ?? told.detail ?? answer.statusText);
    return told;
  }

  async function attach(list) {
    for (const file of list) {
      const chip = make("span", "chip", icon("paperclip"), make("span", "clip", words(says.uploading, { name: file.name })));
      files.append(chip);
      try {
        const kept = await upload(file);
        const field = make("input");
        Object.assign(field, { type: "hidden", name: "attachments", value: kept.uid });
        chip.replaceChildren(field, icon("paperclip"), make("span", "clip", kept.name), make("span", "faint number", kept.size));
        removable(chip);
        draft.touch();
      } catch (error) {
        chip.remove();
        refuse(file, error);
      }
    }
  }

  // That a file does not go along stands until it has been read, whatever is said of the draft meanwhile.
  function refuse(file, error) {
    const read = make("button", "btn btn-quiet btn-icon btn-s", icon("x"));
    read.type = "button";
    read.setAttribute("aria-label", says.close);
    const notice = make("div", "composer__says", draft.notice("late", words(says.refused, { name: file.name, error: error.message }), read));
    notice.setAttribute("role", "alert");
    read.addEventListener("click", () => {
      notice.remove();
      (editor ?? textarea).focus();
    });
    draft.place().before(notice);
  }

  async function inline(attachment) {
    try {
      const kept = await upload(attachment.file);
      attachment.setAttributes({ url: kept.url, uid: kept.uid });
    } catch (error) {
      refuse(attachment.file, error);
      attachment.remove();
    }
  }

  function removable(chip) {
    const name = chip.querySelector(".clip").textContent;
    const remove = make("button", "chip__remove", icon("x"));
    remove.type = "button";
    remove.setAttribute("aria-label", words(says.remove, { name }));
    remove.addEventListener("click", () => {
      chip.remove();
      draft.touch();
      (editor ?? textarea).focus();
    });
    chip.append(remove);
  }

  return () => draft.end();
});

// Fill a field as if it had been typed; what is not offered (a mailbox that is gone) stays as it is.
function put(field, value) {
  if (!field || typeof value !== "string" || field.value === value) return;
  if (field.options && ![...field.options].some((option) => option.value === value)) return;
  field.value = value;
  field.dispatchEvent(new Event("desk:written"));
  field.dispatchEvent(new Event(field.options ? "change" : "input", { bubbles: true }));
}

function plain(text) {
  const holder = document.createElement("div");
  holder.textContent = text;
  return holder.innerHTML.replaceAll("\n", "<br>");
}

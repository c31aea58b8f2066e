// data-chips on a plain text field of addresses: the field becomes chips and a small field for the next one; what is
// submitted stays a text with commas. data-chips holds [{address, name, heed}] for what is known of each.
import { behave } from "./behave.js";
import { icon, make, words } from "./words.js";

const ADDRESS = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$|^[^\s@<>]+@localhost$/;

behave("input[data-chips]", (field) => {
  const form = field.closest("form");
  const says = JSON.parse(form?.dataset.says || "{}");
  const known = new Map(JSON.parse(field.dataset.chips || "[]").map((one) => [one.address.toLowerCase(), one]));
  const group = field.closest(".composer__group");
  const label = group.querySelector("label");
  const entry = make("input", "composer__line composer__line--chip");
  Object.assign(entry, { type: "text", id: field.id, autocomplete: "off", spellcheck: false });
  const list = make("datalist");
  list.id = `addresses-${field.name}`;
  if (form?.dataset.addresses) {
    entry.setAttribute("list", list.id);
    entry.dataset.suggest = form.dataset.addresses;
  }
  group.classList.add("composer__group--chips");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label.textContent);
  field.removeAttribute("id");
  field.type = "hidden";
  label.after(entry, list);
  let all = parts(field.value);

  function show() {
    group.querySelectorAll(".chip").forEach((chip) => chip.remove());
    entry.before(...all.map(chip));
  }

  function chip(one) {
    const more = known.get(one.address.toLowerCase());
    const heed = ADDRESS.test(one.address) ? more?.heed : says.incomplete;
    const name = one.name || more?.name;
    const remove = make("button", "chip__remove", icon("x"));
    remove.type = "button";
    remove.setAttribute("aria-label", words(says.remove, { name: name || one.address }));
    remove.addEventListener("mousedown", (event) => event.preventDefault());   // the row must not reflow under the pointer
    remove.addEventListener("click", () => change(all.filter((other) => other !== one)));
    const text = make("span", "clip", name || one.address);
    if (name) text.title = one.address;
    const element = make("span", heed ? "chip chip--heed" : "chip", ...(heed ? [icon("alert-triangle")] : []), text);
    if (heed) element.append(make("span", "", ` · ${heed}`));
    element.append(remove);
    return element;
  }

  function change(next) {
    all = next;
    field.value = all.map((one) => (one.name ? `"${one.name.replaceAll('"', "")}" <${one.address}>` : one.address)).join(", ");
    show();
    entry.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    mind();
  }

  // What there is to know of addresses that have just been typed.
  async function mind() {
    const fresh = all.filter((one) => ADDRESS.test(one.address) && !known.has(one.address.toLowerCase()));
    if (!form?.dataset.mind || !fresh.length) return;
    const url = new URL(form.dataset.mind, location.href);
    url.searchParams.set("q", fresh.map((one) => one.address).join(", "));
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    for (const one of await answer.json()) known.set(one.address.toLowerCase(), one);
    show();
  }

  function take() {
    const fresh = parts(entry.value).filter((one) => !all.some((other) => other.address.toLowerCase() === one.address.toLowerCase()));
    entry.value = "";
    if (fresh.length) change([...all, ...fresh]);
  }

  entry.addEventListener("keydown", (event) => {
    if (["Enter", ",", ";"].includes(event.key)) {
      if (!event.ctrlKey && !event.metaKey) event.preventDefault();
      take();     // also what still stands here when the form is sent by Ctrl+Enter
    } else if (event.key === "Tab" && entry.value.trim()) {
      take();
    } else if (event.key === "Backspace" && !entry.value && all.length) {
      change(all.slice(0, -1));
    }
  });
  entry.addEventListener("change", () => ADDRESS.test(entry.value.trim()) && take());
  entry.addEventListener("blur", () => entry.value.trim() && take());
  entry.addEventListener("paste", () => setTimeout(() => /[,;\n@]/.test(entry.value) && take()));
  entry.addEventListener("input", (event) => event.stopPropagation());
  group.addEventListener("click", (event) => event.target.closest("button, input") || entry.focus());
  field.addEventListener("desk:written", () => {
    all = parts(field.value);
    show();
    mind();
  });
  show();
});

function parts(text) {
  return (text.match(/("[^"]*"|[^,;\n"])+/g) ?? [])
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const found = part.match(/^(?:"([^"]*)"|([^"<]*?))\s*<([^<>]+)>$/);
      return found ? { name: (found[1] ?? found[2]).trim(), address: found[3].trim() } : { name: "", address: part };
    });
}

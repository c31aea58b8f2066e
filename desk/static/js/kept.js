// What is written and not on the server yet, kept in this browser under the agent and the address of the draft.
export class Kept {
  constructor(whose, url) {
    this.whose = `draft:${whose}:`;
    this.key = this.whose + url;
  }

  put(fields) {
    try {
      localStorage.setItem(this.key, JSON.stringify(fields));
    } catch {
      // a full or forbidden store: the server's copy has to do
    }
  }

  get(key = this.key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  forget(key = this.key) {
    localStorage.removeItem(key);
  }

  // New tickets of this agent that were left unsaved and are not offered on this page: [{key, page}]. What left a moment
  // ago is on its way.
  left() {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.whose) && uid(key) && key !== this.key && !offered(key))
      .map((key) => ({ key, ...this.get(key) }))
      .filter(({ page, leaving }) => page && !(Date.now() - leaving < 60000));
  }
}

const uid = (text) => text?.match(/\/drafts\/([0-9a-f]+)/)?.[1];
const offered = (key) => document.querySelector(`.waiting a[href*="${uid(key)}"]`);

// A draft that is thrown away is thrown away here too.
document.addEventListener("submit", ({ target }) => {
  const gone = uid(target.getAttribute("action"));
  if (gone) Object.keys(localStorage).filter((key) => uid(key) === gone).forEach((key) => localStorage.removeItem(key));
});

const ADDRESS = /[^\s<>",;]+@[^\s<>",;]+/g;
const TEXTS = ["text", "subject", "who", "phone"];

// What a draft says, however it is written: the server cleans HTML and puts names to addresses.
export function gist(fields) {
  const page = new DOMParser().parseFromString(fields.html ?? "", "text/html");
  const texts = [page.body.textContent, ...TEXTS.map((name) => fields[name] ?? "")].map((text) => text.replace(/\s+/g, " ").trim());
  const to = (`${fields.to ?? ""} ${fields.cc ?? ""}`.match(ADDRESS) ?? []).map((one) => one.toLowerCase());
  return JSON.stringify([...texts, page.images.length, to]);
}

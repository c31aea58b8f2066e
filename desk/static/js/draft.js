// The draft of a composer: kept on the server a moment after each change, in this browser until that has worked.
import { send } from "./http.js";
import { make, words } from "./words.js";

export class Draft {
  constructor(form, says, { read, write }) {
    Object.assign(this, { form, says, read, write });
    this.url = form.dataset.draft;
    this.key = `draft:${this.url}`;
    this.version = Number(form.dataset.version || 0);
    this.changed = false;
    this.clock = 0;
    this.saving = null;
  }

  start() {
    if (!this.url) return;
    this.restore();
    this.onhide = () => document.hidden && this.leave();
    this.onleave = () => this.leave();
    this.ononline = () => this.changed && this.save();
    document.addEventListener("visibilitychange", this.onhide);
    addEventListener("pagehide", this.onleave);
    addEventListener("online", this.ononline);
    addEventListener("offline", (this.onoffline = () => this.say("heed", this.says.offline)));
    this.form.addEventListener("focusout", () => this.changed && this.soon(0));
  }

  end() {
    if (!this.url) return;
    this.leave();
    document.removeEventListener("visibilitychange", this.onhide);
    removeEventListener("pagehide", this.onleave);
    removeEventListener("online", this.ononline);
    removeEventListener("offline", this.onoffline);
  }

  touch() {
    if (!this.url) return;
    this.changed = true;
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...this.read(), version: this.version }));
    } catch {
      // a full or forbidden store: the server's copy has to do
    }
    this.soon(800);
  }

  soon(wait) {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.save(), wait);
  }

  // True when the server has what is written.
  async save(more = {}) {
    clearTimeout(this.clock);
    if (!this.url || !this.changed) return true;
    if (this.saving) {
      await this.saving;
      return this.changed ? this.save(more) : true;
    }
    this.changed = false;
    this.saving = send(this.url, "PUT", { ...this.read(), version: this.version }, more)
      .then((answer) => this.answered(answer))
      .catch(() => this.failed());
    const done = await this.saving;
    this.saving = null;
    return done;
  }

  async answered(answer) {
    if (answer.status === 409) {
      this.changed = true;
      this.conflict(await answer.json());
      return false;
    }
    if (!answer.ok) return this.failed(answer.status === 401 ? this.says.out : this.says.offline);
    const { version, saved } = await answer.json();
    this.version = version;
    const field = this.form.querySelector('input[name="version"]');
    if (field) field.value = version;
    const place = this.form.querySelector("[data-saved]");
    if (place) place.textContent = words(this.says.saved, { time: saved });
    if (!this.changed) this.forget();
    this.say();
    return true;
  }

  failed(why = this.says.offline) {
    this.changed = true;
    this.say("heed", why);
    this.soon(5000);
    return false;
  }

  conflict(theirs) {
    const keep = make("button", "link", this.says.keep);
    const take = make("button", "link", this.says.theirs);
    keep.type = take.type = "button";
    keep.addEventListener("click", () => {
      this.version = theirs.version;
      this.say();
      this.save();
    });
    take.addEventListener("click", () => {
      this.version = theirs.version;
      this.changed = false;
      this.write(theirs);
      this.changed = false;
      clearTimeout(this.clock);
      this.forget();
      this.say();
    });
    this.say("heed", words(this.says.conflict, { by: theirs.by }), keep, " ", take);
  }

  // The form leaves with what is written: a change that comes meanwhile (a picture that has found its size) is none.
  gone() {
    clearTimeout(this.clock);
    this.changed = false;
    this.forget();
    this.url = "";
  }

  leave() {
    if (this.changed) this.save({ keepalive: true });
  }

  restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.key));
    } catch {
      return;
    }
    if (!kept) return;
    if (kept.html && kept.html !== this.read().html) {
      this.write(kept);
      this.say("act", this.says.restored);
      this.touch();
    } else this.forget();
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  say(kind = "", text = "", ...more) {
    const place = this.form.querySelector("[data-composer-says]");
    if (!text) return place.replaceChildren();
    return place.replaceChildren(make("div", `notice notice--${kind}`, make("div", "", text, " ", ...more)));
  }
}

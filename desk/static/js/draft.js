// The draft of a form: kept on the server a moment after each change, in this browser until that has worked.
//   data-draft          the address it is PUT to; data-version: the version the page was made of (0: none)
//   data-draft-page     of a ticket that is not there yet: the page this draft is opened on
//   data-draft-whose    the agent; data-draft-says: the words
//   [data-saved], [data-composer-says], [data-discard] in the form: "Saved 11:11", what to mind, the way to throw it away
import { send } from "./http.js";
import { gist, Kept } from "./kept.js";
import { make, words } from "./words.js";

const whole = (fields) => gist(fields) + (fields.attachments ?? "");

export class Draft {
  constructor(form, { read, write }) {
    Object.assign(this, { form, read, write, ours: [], leaving: false });
    this.url = form.dataset.draft;
    this.page = form.dataset.draftPage;
    this.says = JSON.parse(form.dataset.draftSays);
    this.kept = new Kept(form.dataset.draftWhose, this.url);
    this.version = Number(form.dataset.version || 0);
    this.changed = false;
    this.clock = 0;
    this.saving = null;
    this.waiting = null;        // the button that was pressed while there was no connection
  }

  start() {
    if (!this.url) return;
    this.restore();
    this.onhide = () => document.hidden && this.leave();
    this.onleave = () => this.leave();
    this.onbefore = () => (this.leaving = true);     // the next page may be made of what was saved before
    this.ononline = () => (this.waiting ? this.form.requestSubmit(this.waiting) : this.changed && this.save());
    document.addEventListener("visibilitychange", this.onhide);
    addEventListener("pagehide", this.onleave);
    addEventListener("beforeunload", this.onbefore);
    addEventListener("online", this.ononline);
    addEventListener("offline", (this.onoffline = () => this.say("heed", this.away)));
    this.form.addEventListener("focusout", () => this.changed && this.soon(0));
    this.discarding()?.addEventListener("submit", () => this.gone());
  }

  end() {
    if (!this.url) return;
    this.leave();
    document.removeEventListener("visibilitychange", this.onhide);
    removeEventListener("pagehide", this.onleave);
    removeEventListener("beforeunload", this.onbefore);
    removeEventListener("online", this.ononline);
    removeEventListener("offline", this.onoffline);
  }

  touch() {
    if (!this.url) return;
    this.changed = true;
    this.leaving = false;
    this.waiting = null;        // what is sent is what was there when the button was pressed
    this.put();
    if (this.page) history.replaceState(history.state, "", this.page);      // a reload comes back to this draft
    this.soon(800);
  }

  put(more = {}) {
    this.kept.put({ ...this.read(), version: this.version, page: this.page, ours: this.ours, ...more });
  }

  // What the server may have of us, though we have not heard so.
  sent(fields) {
    this.ours = [whole(fields), ...this.ours].slice(0, 4);
  }

  soon(wait) {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.save(), wait);
  }

  wait(button) {
    this.waiting = button;
    this.say("heed", this.says.waiting);
  }

  // Whether nothing is on its way, or waits to be.
  get settled() {
    return !this.url || (!this.changed && !this.saving);
  }

  // True when the server has what is written.
  async save(more = {}) {
    clearTimeout(this.clock);
    if (this.saving) await this.saving;
    if (!this.url || !this.changed) return true;
    if (this.saving) return this.save(more);
    this.saving = this.send(more).catch(() => this.failed());
    const done = await this.saving;
    this.saving = null;
    return done;
  }

  async send(more) {
    const now = this.read();
    this.changed = false;
    this.sent(now);
    this.put();
    return this.answered(await send(this.url, "PUT", { ...now, version: this.version }, more));
  }

  async answered(answer) {
    if (answer.status === 409) return this.moved(await answer.json());
    if (!answer.ok) return this.failed(answer.status === 401 ? this.says.out : this.says.offline);
    const { version, saved } = await answer.json();
    this.version = version;
    const field = this.form.querySelector('input[name="version"]');
    if (field) field.value = version;
    const place = this.form.querySelector("[data-saved]");
    if (place) place.textContent = saved && words(this.says.saved, { time: saved });
    const discard = this.form.querySelector("[data-discard]");
    if (discard) discard.hidden = !version;
    if (this.changed) this.put();
    else if (!this.leaving) this.kept.forget();
    this.say();
    return true;
  }

  // What is said without a connection.
  get away() {
    return this.waiting ? this.says.waiting : this.says.offline;
  }

  failed(why = this.away) {
    this.changed = true;
    this.say("heed", why);
    this.soon(5000);
    return false;
  }

  // The server has another version. Of words that are written here or were sent from here (their answer was lost, or the
  // page was left and is back) it is ours; else it is asked about.
  async moved(theirs) {
    const now = this.read();
    if (![whole(now), ...this.ours].includes(whole({ ...now, ...theirs }))) return this.conflict(theirs);
    this.version = theirs.version;
    return this.send();
  }

  conflict(theirs) {
    this.changed = true;
    const keep = this.act(this.says.keep, () => {
      this.version = theirs.version;
      this.say();
      this.save();
    });
    const take = this.act(this.says.theirs, () => {
      this.version = theirs.version;
      if (!this.page) this.write(theirs);
      this.changed = false;
      clearTimeout(this.clock);
      this.kept.forget();
      this.say();
      if (this.page) location.assign(this.page);       // all of its fields, as they are kept
    });
    this.say("heed", words(this.says.conflict, { by: theirs.by }), keep, " ", take);
    return false;
  }

  // The form leaves with what is written: a change that comes meanwhile (a picture that has found its size) is none.
  gone() {
    clearTimeout(this.clock);
    this.changed = false;
    this.kept.forget();
    this.url = "";
  }

  leave() {
    if (!this.changed) return;
    this.save({ keepalive: true });
    this.put({ leaving: Date.now() });
  }

  // What was written here and did not reach the server comes back; where the server has moved on since, it is offered.
  restore() {
    const kept = this.kept.get();
    const now = this.read();
    if (!kept) return this.offer();
    if (gist({ ...now, ...kept }) === gist(now)) return this.kept.forget();
    const { ours = [] } = kept;
    const back = () => {
      this.ours = ours;
      this.sent({ ...now, ...kept });
      this.write(kept);
      this.say("act", this.says.restored);
      this.touch();
    };
    if (Number(kept.version || 0) === this.version || ours.includes(whole(now))) return back();
    const use = this.act(this.says.use, () => {
      notice.remove();
      back();
    });
    const drop = this.act(this.says.drop, () => {
      notice.remove();
      this.kept.forget();
    });
    const notice = make("div", "composer__says", this.notice("heed", this.says.older, use, " ", drop));
    return this.place().before(notice);
  }

  // On an empty page: what was begun on another and may not have reached the server.
  offer() {
    const [left] = this.page && !this.version ? this.kept.left() : [];
    if (!left) return;
    const link = make("a", "link", this.says.go_on);
    link.href = left.page;
    const drop = this.act(this.says.drop, () => {
      this.kept.forget(left.key);
      this.say();
    });
    this.say("heed", this.says.left, link, " ", drop);
  }

  act(text, done) {
    const button = make("button", "link", text);
    button.type = "button";
    button.addEventListener("click", done);
    return button;
  }

  notice(kind, text, ...more) {
    return make("div", `notice notice--${kind}`, make("div", "", text, " ", ...more));
  }

  say(kind = "", text = "", ...more) {
    this.place().replaceChildren(...(text ? [this.notice(kind, text, ...more)] : []));
  }

  place() {
    return this.form.querySelector("[data-composer-says]");
  }

  discarding() {
    const button = this.form.querySelector("[data-discard]");
    return button && document.getElementById(button.getAttribute("popovertarget"))?.querySelector("form");
  }
}

// Search and replace over the cues shown.
// Rule: what is searched is text, not a pattern; what is replaced in one go is undone in one go.

import { byId } from "./element.js";
import { say } from "./words.js";

export class Finding {
  constructor({ cues, table }) {
    Object.assign(this, { cues, table });
    this.form = byId("search");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next();
    });
    byId("what").addEventListener("input", () => this.count());
    byId("letters").addEventListener("change", () => this.count());
    byId("one").addEventListener("click", () => this.replace());
    byId("all").addEventListener("click", () => this.replaceAll());
    byId("unfind").addEventListener("click", () => this.close());
    byId("find").addEventListener("click", () => (this.form.hidden ? this.open() : this.close()));
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    });
  }

  open() {
    const text = document.activeElement;
    const picked = text?.tagName === "TEXTAREA" ? text.value.slice(text.selectionStart, text.selectionEnd) : "";
    this.form.hidden = false;
    byId("find").setAttribute("aria-expanded", "true");
    if (picked && !picked.includes("\n")) byId("what").value = picked;
    byId("what").focus();
    byId("what").select();
    this.count();
  }

  close() {
    this.form.hidden = true;
    byId("find").setAttribute("aria-expanded", "false");
    const row = this.table.rows.get(this.table.chosen);
    (row?.row ?? byId("find")).focus({ preventScroll: true });
  }

  get #pattern() {
    const what = byId("what").value;
    const safe = what.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    return what ? new RegExp(safe, byId("letters").checked ? "gu" : "giu") : null;
  }

  *#hits() {
    const pattern = this.#pattern;
    if (!pattern) return;
    for (const cue of this.cues.list) {
      if (!this.table.isShown(cue)) continue;
      for (const match of cue.text.matchAll(pattern)) yield { cue, from: match.index, to: match.index + match[0].length };
    }
  }

  count() {
    const number = [...this.#hits()].length;
    const isAsked = Boolean(byId("what").value);
    byId("hits").textContent = !isAsked ? "" : number ? say("hits", { number }) : say("hitsNone");
  }

  // The next hit after the caret, or after the one found last; then from the beginning.
  next() {
    const hits = [...this.#hits()];
    if (!hits.length) return this.count();
    const text = this.table.rows.get(this.table.chosen)?.text;
    const here = this.cues.indexOf(this.cues.get(this.table.chosen));
    const caret = text ? text.selectionEnd : 0;
    const isAfter = ({ cue, from }) => {
      const at = this.cues.indexOf(cue);
      return at > here || (at === here && from >= caret);
    };
    const hit = hits.find(isAfter) ?? hits[0];
    this.table.choose(hit.cue.ref, { focus: "text", seek: true });
    this.table.rows.get(hit.cue.ref).text.setSelectionRange(hit.from, hit.to);
    this.last = hit;
    return undefined;
  }

  replace() {
    const text = this.table.rows.get(this.table.chosen)?.text;
    const hit = text && [...this.#hits()].find(
      ({ cue, from, to }) =>
        cue.ref === this.table.chosen && from === text.selectionStart && to === text.selectionEnd,
    );
    if (!hit) return this.next();
    const by = byId("by").value;
    const { cue, from, to } = hit;
    this.cues.change([cue.ref], [{ ...cue, text: cue.text.slice(0, from) + by + cue.text.slice(to) }]);
    text.setSelectionRange(from + by.length, from + by.length);
    return this.next();
  }

  replaceAll() {
    const pattern = this.#pattern;
    if (!pattern) return;
    const group = `all ${Date.now()}`;
    const by = byId("by").value;
    let number = 0;
    for (const cue of [...this.cues.list]) {
      const text = this.table.isShown(cue) ? cue.text.replace(pattern, () => by) : cue.text;
      if (text === cue.text) continue;
      if (this.cues.change([cue.ref], [{ ...cue, text }], { group })) number += 1;
    }
    byId("hits").textContent = say("replaced", { number });
  }
}

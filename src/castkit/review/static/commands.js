// What each command does, on the cue that the person has chosen.
// Rule: a key and its button run the same command, by the name that the table of keys has.

import { showKeys } from "./dialogs.js";
import { NUDGE_MS } from "./editing.js";
import { say } from "./words.js";

const SKIP_MS = 1000;
const WITHOUT_CUE = new Set("toggle slower faster back ahead insert undo redo find save follow accept help".split(" "));

export class Commands {
  constructor(page) {
    this.page = page;
  }

  run(name, digit) {
    if (this.cue || WITHOUT_CUE.has(name)) this[name](digit);
    this.page.stage.renew();
  }

  get cue() {
    const { cues, table, player } = this.page;
    return cues.get(table.chosen) ?? cues.list[Math.max(0, cues.at(player.now))];
  }

  get isInText() {
    return document.activeElement?.tagName === "TEXTAREA";
  }

  get #focus() {
    return this.isInText ? "text" : "row";
  }

  // Shows what came of a change: the cue it left, with the caret where it was, or why there was none.
  #after(result, { caret = null, at = 0 } = {}) {
    const { notices, table } = this.page;
    const refs = result?.why ? [] : (result?.refs ?? result);
    if (result?.why) notices.brief(say(result.why));
    if (!refs) notices.brief(say("chooseFirst"));
    if (!refs?.length) return;
    table.choose(refs[Math.min(at, refs.length - 1)], { focus: caret === null ? this.#focus : "text" });
    if (caret !== null) table.rows.get(table.chosen).text.setSelectionRange(caret, caret);
  }

  // ---- from cue to cue

  #go(step, wanted) {
    const { cues, table, player, notices } = this.page;
    let at = cues.indexOf(cues.get(table.chosen));
    if (at < 0) at = Math.max(0, cues.at(player.now)) - step;
    for (at += step; at >= 0 && at < cues.list.length; at += step) {
      const cue = cues.list[at];
      if (!table.isShown(cue) || (wanted && !wanted(cue))) continue;
      table.choose(cue.ref, { focus: this.#focus, seek: !player.isPlaying });
      return;
    }
    if (wanted) notices.brief(say("noProblem"));
  }

  next() {
    this.#go(1);
  }

  previous() {
    this.#go(-1);
  }

  problem() {
    this.#go(1, (cue) => this.page.table.isFaulty(cue));
  }

  problemBefore() {
    this.#go(-1, (cue) => this.page.table.isFaulty(cue));
  }

  leave() {
    this.page.table.choose(this.cue.ref, { focus: "row" });
  }

  edit() {
    this.page.table.choose(this.cue.ref, { focus: "text" });
  }

  // ---- sound

  toggle() {
    this.page.player.toggle();
  }

  again() {
    this.page.player.playCue(() => this.cue);
  }

  loop() {
    const { player } = this.page;
    player.loop(!player.isLooping, () => this.cue);
  }

  slower() {
    this.page.player.step(-1);
  }

  faster() {
    this.page.player.step(1);
  }

  back() {
    this.page.player.seek(this.page.player.now - SKIP_MS);
  }

  ahead() {
    this.page.player.seek(this.page.player.now + SKIP_MS);
  }

  follow() {
    const { stage, table } = this.page;
    stage.isFollowing = !stage.isFollowing;
    if (stage.isFollowing && table.lit) table.reveal(table.lit);
  }

  // ---- text

  split() {
    this.page.flush();
    const { cue } = this;
    const caret = this.page.table.rows.get(cue.ref).text.selectionStart;
    this.#after(this.page.editing.split(cue, { caret }), this.isInText ? { caret: 0, at: 1 } : { at: 1 });
  }

  splitHere() {
    this.page.flush();
    this.#after(this.page.editing.splitAt(this.cue, this.page.player.now), { at: 1 });
  }

  merge() {
    this.page.flush();
    const { cue } = this;
    const caret = cue.text.length;
    this.#after(this.page.editing.merge(cue), this.isInText ? { caret } : {});
  }

  insert() {
    this.#after(this.page.editing.insert(this.cue, this.page.player.now), { caret: 0 });
  }

  remove() {
    this.#after(this.page.editing.remove(this.cue));
  }

  proposal(digit) {
    const { panel, table } = this.page;
    const one = panel.proposals?.[digit - 1];
    if (one) this.put({ ref: table.chosen, text: one.text, how: "whole" });
  }

  // Puts a text where the caret is, or in place of the whole.
  put({ ref, text, how = "caret" }) {
    this.page.flush();
    const cue = this.page.cues.get(ref);
    const area = this.page.table.rows.get(cue.ref).text;
    const [from, to] = how === "whole" ? [0, cue.text.length] : [area.selectionStart, area.selectionEnd];
    const put = cue.text.slice(0, from) + text + cue.text.slice(to);
    this.#after(this.page.cues.change([cue.ref], [{ ...cue, text: put }]), { caret: from + text.length });
  }

  // ---- times

  nudge(side, by) {
    this.page.flush();
    const { cue } = this;
    if (cue) this.#after(this.page.editing.move(cue, side, cue[side === "start" ? "startMs" : "endMs"] + by));
  }

  startEarlier() {
    this.nudge("start", -NUDGE_MS);
  }

  startLater() {
    this.nudge("start", NUDGE_MS);
  }

  endEarlier() {
    this.nudge("end", -NUDGE_MS);
  }

  endLater() {
    this.nudge("end", NUDGE_MS);
  }

  startHere() {
    this.#after(this.page.editing.move(this.cue, "start", this.page.player.now));
  }

  endHere() {
    this.#after(this.page.editing.move(this.cue, "end", this.page.player.now));
  }

  // ---- the whole

  undo() {
    this.#step(true);
  }

  redo() {
    this.#step(false);
  }

  #step(isBack) {
    const { cues, table, notices } = this.page;
    const refs = cues.step(isBack);
    const caret = this.isInText ? document.activeElement.selectionStart : null;
    if (refs === null) notices.brief(say("undoStopped"));
    else if (refs.length) this.#after(refs, { caret: refs[0] === table.chosen ? caret : null });
  }

  find() {
    this.page.finding.open();
  }

  save() {
    this.page.flush();
    this.page.saving.pump();
  }

  accept() {
    this.page.accept();
  }

  help() {
    showKeys();
  }
}

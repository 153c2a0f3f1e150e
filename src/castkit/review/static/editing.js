// What a person does to cues: split, merge, nudge, insert, delete, insert a text.
// Rule: each is one change that can be undone; no cue gets shorter than a reader could see.

import { primary } from "./measures.js";

export const NUDGE_MS = 100;
const SHORTEST_MS = 100;
const NEW_MS = 2000;
const UNSPACED = new Set("zh yue ja th lo km my bo".split(" "));

export class Editing {
  constructor(info, { cues, measures }) {
    Object.assign(this, { info, cues, measures });
    this.isSpaced = !UNSPACED.has(primary(info.language));
  }

  // Splits the text at `caret`, and the time by how much is to be read on both sides, or at `ms`.
  split(cue, { caret, ms }) {
    const head = cue.text.slice(0, caret).trim();
    const tail = cue.text.slice(caret).trim();
    if (!head || !tail) return { why: "splitNowhere" };
    const { startMs, endMs } = cue;
    const [before, after] = [head, tail].map((text) => this.measures.width(this.measures.flowing(text)));
    const wanted = ms ?? Math.round(startMs + ((endMs - startMs) * before) / (before + after));
    if (endMs - startMs < 2 * SHORTEST_MS) return { why: "tooShort" };
    const at = Math.min(Math.max(wanted, startMs + SHORTEST_MS), endMs - SHORTEST_MS);
    const parts = [{ ref: cue.ref, startMs, endMs: at, text: head }, { startMs: at, endMs, text: tail }];
    return { refs: this.cues.change([cue.ref], parts) };
  }

  // Splits where the playhead is: the text at the space, or the character, nearest to the same share of it.
  splitAt(cue, ms) {
    if (ms <= cue.startMs || ms >= cue.endMs) return { why: "splitNowhere" };
    const share = (ms - cue.startMs) / (cue.endMs - cue.startMs);
    const places = [...cue.text.matchAll(this.isSpaced ? /\s+/g : /(?=.)/gsu)].map((match) => match.index);
    const inside = places.filter((at) => cue.text.slice(0, at).trim() && cue.text.slice(at).trim());
    if (!inside.length) return { why: "splitNowhere" };
    const goal = share * cue.text.length;
    const caret = inside.reduce((best, at) => (Math.abs(at - goal) < Math.abs(best - goal) ? at : best));
    return this.split(cue, { caret, ms });
  }

  merge(cue) {
    const next = this.cues.list[this.cues.indexOf(cue) + 1];
    if (!next) return { why: "mergeNothing" };
    const texts = [cue.text, next.text].filter((text) => text.trim());
    const flowing = this.measures.flowing(texts.join("\n"));
    const isShort = this.measures.width(flowing) <= this.measures.limits.lineWidth;
    const text = isShort ? flowing : texts.map((one) => this.measures.flowing(one)).join("\n");
    const endMs = Math.max(cue.endMs, next.endMs);
    return { refs: this.cues.change([cue.ref, next.ref], [{ ref: cue.ref, startMs: cue.startMs, endMs, text }]) };
  }

  // Moves an edge; beside a cue that it touches, no further than that cue.
  move(cue, side, wanted) {
    const at = this.cues.indexOf(cue);
    const [before, after] = [this.cues.list[at - 1], this.cues.list[at + 1]];
    let { startMs, endMs } = cue;
    if (side === "start") {
      const least = before && before.endMs <= startMs ? before.endMs : 0;
      startMs = Math.min(Math.max(wanted, least), endMs - SHORTEST_MS);
    } else {
      const most = after && after.startMs >= endMs ? after.startMs : this.info.durationMs;
      endMs = Math.max(Math.min(wanted, most), startMs + SHORTEST_MS);
    }
    if (startMs === cue.startMs && endMs === cue.endMs) return { why: "tooShort" };
    return { refs: this.cues.change([cue.ref], [{ ref: cue.ref, startMs, endMs, text: cue.text }]) };
  }

  insert(cue, now) {
    const next = cue ? this.cues.list[this.cues.indexOf(cue) + 1] : this.cues.list[0];
    const startMs = cue ? cue.endMs : Math.max(0, now);
    const endMs = Math.min(startMs + NEW_MS, next?.startMs ?? Infinity, this.info.durationMs);
    if (endMs - startMs < SHORTEST_MS) return { why: "tooShort" };
    return { refs: this.cues.change([], [{ startMs, endMs, text: "" }]) };
  }

  remove(cue) {
    const at = this.cues.indexOf(cue);
    const refs = this.cues.change([cue.ref], []);
    const near = this.cues.list[Math.min(at, this.cues.list.length - 1)];
    return { refs: refs && near ? [near.ref] : refs };
  }
}

// How long, how fast and how wide a cue is, and which limits it breaks.
// Rule: the figures and the rules are those of `castkit subs check`; a limit comes from the server, never from here.

import { isWide } from "./wide.js";

const UNSPACED = new Set("zh yue ja th lo km my bo".split(" "));
const DRAWN_ONTO = /^[\p{Mn}\p{Me}\p{Cf}\u{1f3fb}-\u{1f3ff}]$/u;
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]$/u;

export function primary(tag) {
  return tag.split("-")[0].toLowerCase();
}

// The characters of a text that take room: not marks, nor the rest of an emoji.
function* shown(text) {
  let before = "";
  let flags = 0;
  for (const one of text) {
    flags = FLAG.test(one) ? flags + 1 : 0;
    if (!(DRAWN_ONTO.test(one) || before === "\u200d" || (flags && flags % 2 === 0))) yield one;
    before = one;
  }
}

export class Measures {
  constructor(limits, language) {
    this.limits = limits;
    this.isSpaced = !UNSPACED.has(primary(language));
  }

  width(text) {
    let total = 0;
    for (const one of shown(text)) total += !this.limits.isWide || isWide(one) ? 1 : 0.5;
    return total;
  }

  // A cue's lines as one: a space between, in unspaced scripts only where both sides are narrow.
  flowing(text) {
    let joined = "";
    for (const line of text.split("\n")) {
      const touching = isWide(joined.slice(-1) || " ") || isWide(line || " ");
      joined += joined && (this.isSpaced || !touching) ? ` ${line}` : line;
    }
    return joined;
  }

  // What is known of a cue at once; `next` is the cue after it. Speed in characters a second, times in ms.
  of(cue, next) {
    const { lineWidth, lines, charactersPerSecond, shortestMs, longestMs } = this.limits;
    const text = cue.text.trim();
    const rows = text ? text.split("\n") : [];
    const widest = Math.max(0, ...rows.map((line) => this.width(line)));
    const width = this.width(this.flowing(text));
    const durationMs = cue.endMs - cue.startMs;
    const speed = durationMs > 0 ? (width * 1000) / durationMs : 0;
    const broken = [];
    if (!text) broken.push("empty");
    if (widest > lineWidth) broken.push("line-length");
    if (rows.length > lines) broken.push("lines");
    if (durationMs < Math.ceil((width * 1000) / charactersPerSecond)) broken.push("reading-speed");
    if (durationMs < shortestMs) broken.push("shortest");
    if (durationMs > longestMs) broken.push("longest");
    if (next && next.startMs < cue.endMs) broken.push("overlap");
    return { widest, speed, durationMs, broken, rows: rows.length };
  }
}

// 83456 -> "1:23.5", and with hours where there are any.
export function clock(ms, digits = 1) {
  const unit = 10 ** (3 - digits);
  const whole = Math.floor(Math.max(0, ms) / unit) * unit;
  const seconds = Math.floor(whole / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  const head = shown.map((part, at) => (at ? String(part).padStart(2, "0") : String(part))).join(":");
  return digits ? `${head}.${String(Math.floor((whole % 1000) / unit)).padStart(digits, "0")}` : head;
}

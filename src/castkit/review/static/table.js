// The table of cues: the source beside the translation, a row for each cue.
// Rule: a row is drawn anew only where its cue changed, and never takes the caret or the text from who is typing in it.

import { byId, button, make } from "./element.js";
import { clock } from "./measures.js";
import { knows, nameOf, say } from "./words.js";

const AT_ONCE = 40; // rows that are made before the first picture; the others follow in pieces
const PIECE = 120;
const GROUP = 25; // rows that the browser leaves out together while they are off the screen

const LOW = matchMedia("(max-height: 34rem)"); // where the player scrolls away with the page, as style.css has it

// The row after a row, in its group or the next.
function following(row) {
  return row.nextElementSibling ?? row.parentElement.nextElementSibling?.firstElementChild;
}

export class Table extends EventTarget {
  constructor(document, { cues, source, measures }) {
    super();
    Object.assign(this, { info: document, cues, source, measures });
    this.body = byId("rows");
    this.grid = byId("cues");
    this.rows = new Map(); // ref -> {row, text, …}
    this.found = new Map(); // ref -> findings of the server
    this.problems = new Map(); // ref -> codes
    this.chosen = null;
    this.lit = null;
    this.shows = "all";
    this.grid.classList.toggle("alone", this.isAlone);
    this.body.addEventListener("click", (event) => this.#clicked(event));
    this.body.addEventListener("focusin", (event) => this.#focused(event));
    this.body.addEventListener("input", (event) => this.#typed(event));
    this.body.addEventListener("focusout", () => this.dispatchEvent(new Event("left")));
  }

  get isAlone() {
    return this.info.language === this.info.spoken;
  }

  // ---- drawing

  draw() {
    this.head();
    this.#order(this.cues.list.slice(0, AT_ONCE));
    const more = () => {
      const made = this.rows.size;
      if (made >= this.cues.list.length) {
        this.#number();
        return this.dispatchEvent(new Event("drawn"));
      }
      this.#order(this.cues.list.slice(made, made + PIECE), this.rows.get(this.cues.list[made - 1]?.ref)?.row);
      return setTimeout(more);
    };
    setTimeout(more);
    this.#number();
  }

  head() {
    const { language, spoken, languageName, spokenName } = this.info;
    this.language = nameOf(language, languageName);
    byId("spoken").textContent = nameOf(spoken, spokenName);
    byId("written").textContent = this.language;
    this.grid.setAttribute("aria-label", say("cuesOf", { language: this.language }));
  }

  // Puts the rows of these cues in their order, after a row; only those that stand wrong are moved.
  #order(list, after = null) {
    let last = after;
    for (const cue of list) {
      const { row } = this.rows.get(cue.ref) ?? this.#make(cue);
      const here = last ? following(last) : this.body.firstElementChild?.firstElementChild;
      if (here !== row) this.#place(row, last);
      last = row;
    }
  }

  #place(row, last) {
    const group = last?.parentElement ?? this.body.firstElementChild;
    const isFull = !group || (last === this.body.lastElementChild?.lastElementChild && group.children.length >= GROUP);
    if (!isFull && last) last.after(row);
    else if (!isFull) group.prepend(row);
    else this.body.append(make("div", { role: "rowgroup", cls: "group" }, [row]));
  }

  #make(cue) {
    const at = button("", null, { cls: "at", tabindex: "-1" });
    const times = make("span", { cls: "times" });
    const source = make("div", { role: "gridcell", cls: "source", lang: this.info.spoken });
    const text = make("textarea", {
      lang: this.info.language, dir: this.info.direction ?? "auto", rows: "1", maxlength: "2000", spellcheck: "true", autocomplete: "off",
    });
    const grow = make("div", { cls: "grow" }, [text]);
    const meter = make("p", { cls: "meter" });
    const more = make("div", { cls: "more" });
    const row = make("div", { role: "row", cls: "cue", tabindex: "-1", data: { ref: cue.ref } }, [
      make("div", { role: "gridcell", cls: "when" }, [at, times]),
      this.isAlone ? null : source,
      make("div", { role: "gridcell", cls: "target" }, [grow, meter, more]),
    ]);
    const made = { row, at, times, source, text, grow, meter, more, drawn: {} };
    this.rows.set(cue.ref, made);
    this.paint(cue, made);
    return made;
  }

  // Brings the rows into line with the cues: those touched, and all where some were moved, added or removed.
  renew({ touched, isMoved }) {
    if (isMoved) {
      for (const [ref, one] of this.rows) {
        if (this.cues.byRef.has(ref)) continue;
        one.row.remove();
        this.rows.delete(ref);
      }
      const active = document.activeElement;
      this.#order(this.cues.list);
      for (const group of [...this.body.children]) if (!group.children.length) group.remove();
      this.#number();
      if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
    }
    for (const ref of touched) {
      const at = this.cues.list.indexOf(this.cues.byRef.get(ref));
      for (const cue of [this.cues.list[at - 1], this.cues.list[at]]) if (cue && at >= 0) this.paint(cue);
    }
  }

  paint(cue, made = this.rows.get(cue.ref)) {
    if (!made) return;
    const next = this.cues.list[this.cues.indexOf(cue) + 1];
    this.#paintTimes(cue, made);
    this.#paintText(cue, made);
    this.#paintMeter(cue, made, this.measures.of(cue, next));
    this.#paintConflict(cue, made);
  }

  // What the server found, by cue.
  judge(found) {
    const before = this.found;
    this.found = found;
    const isSame = (ref) => JSON.stringify(before.get(ref)) === JSON.stringify(found.get(ref));
    for (const ref of new Set([...before.keys(), ...found.keys()])) {
      const cue = this.cues.byRef.get(ref);
      if (cue && !isSame(ref)) this.paint(cue);
    }
  }

  paintAll() {
    this.head();
    this.rows.forEach((one) => Object.assign(one, { drawn: {} }));
    for (const cue of this.cues.list) this.paint(cue);
    this.#number();
  }

  #paintTimes(cue, made) {
    const key = `${cue.startMs} ${cue.endMs}`;
    if (made.drawn.times === key) return;
    made.drawn.times = key;
    made.times.textContent = `${clock(cue.startMs)} – ${clock(cue.endMs)}`;
    if (this.isAlone) return;
    const lines = this.source.of(cue);
    const shown = lines.map((line) => make("p", {}, this.#terms(line.text)));
    made.source.replaceChildren(...(shown.length ? shown : [make("p", { cls: "soft", lang: "", text: say("noSource") })]));
  }

  #terms(text) {
    return this.source.parts(text).map(([part, term]) => {
      if (!term) return document.createTextNode(part);
      const target = `${term.target}${term.note ? ` (${term.note})` : ""}`;
      return make("button", {
        type: "button", cls: "term", tabindex: "-1", text: part, "aria-describedby": "tip",
        data: { target: term.target, tip: target },
      });
    });
  }

  #paintText(cue, made) {
    if (made.text.value !== cue.text) made.text.value = cue.text;
    made.grow.dataset.text = cue.text;
  }

  #paintMeter(cue, made, of) {
    const findings = this.found.get(cue.ref) ?? [];
    const state = [cue.stale && "stale", cue.by === "machine" && "machine"].filter(Boolean);
    const conflict = this.cues.conflicts.has(cue.ref) ? ["conflict"] : [];
    const codes = [...of.broken, ...findings.map((one) => one.rule), ...state, ...conflict];
    this.problems.set(cue.ref, codes);
    const { limits } = this.measures;
    const figures = [
      [say("perSecond", { speed: of.speed.toFixed(1) }), of.broken.includes("reading-speed")],
      [say("chars", { width: of.widest, limit: limits.lineWidth }), of.broken.includes("line-length")],
      [say("seconds", { seconds: (of.durationMs / 1000).toFixed(1) }), /shortest|longest|overlap/.test(of.broken.join())],
    ];
    const others = [
      ...of.broken.filter((code) => code === "empty" || code === "lines" || code === "overlap"),
      ...findings.map((one) => one.rule),
    ];
    const key = JSON.stringify([figures, others, codes]);
    if (made.drawn.meter === key) return;
    made.drawn.meter = key;
    const marks = figures.map(([text, isBad]) => make("span", { cls: isBad ? "bad" : "", text }));
    const tags = [...new Set(others)].map((code) => make("span", { cls: "tag bad", text: this.short(code) }));
    if (cue.stale) tags.push(make("span", { cls: "tag caution", text: say("staleMark") }));
    if (cue.by === "machine") tags.push(make("span", { cls: "tag", text: say("by:machine") }));
    made.meter.replaceChildren(...marks, ...tags);
    made.row.classList.toggle("faulty", of.broken.length + findings.length > 0);
    made.row.classList.toggle("old", Boolean(cue.stale));
  }

  short(code) {
    const words = knows(`rule:${code}`) ? say(`rule:${code}`) : code;
    return words.split(/[:：]/)[0];
  }

  #paintConflict(cue, made) {
    const conflict = this.cues.conflicts.get(cue.ref);
    const key = JSON.stringify(conflict ?? null);
    if (made.drawn.conflict === key) return;
    made.drawn.conflict = key;
    made.more.replaceChildren(...(conflict ? [this.#choice(cue, conflict)] : []));
  }

  #choice(cue, { mine, theirs, why, isFile }) {
    const version = (name, list) => {
      const lines = list.map((one) => make("p", { cls: "words", lang: this.info.language, text: one.text }, [
        make("small", { text: ` ${clock(one.startMs)} – ${clock(one.endMs)}` }),
      ]));
      return make("div", {}, [make("h4", { text: say(name) }), ...(lines.length ? lines : [make("p", { text: say("nothing") })])]);
    };
    const choose = (isMine) => () => this.dispatchEvent(new CustomEvent("settle", { detail: { ref: cue.ref, isMine } }));
    return make("div", { cls: "conflict", role: "group", "aria-label": say("conflictTitle") }, [
      make("h3", { text: say("conflictTitle") }),
      make("p", { cls: "soft", text: why ? say("wasRemoved", { why }) : say(isFile ? "fileWhy" : "conflictWhy") }),
      make("div", { cls: "versions" }, [version("mine", mine), version("theirs", theirs)]),
      make("p", { cls: "choices" }, [button(say("keepMine"), choose(true)), button(say("takeTheirs"), choose(false))]),
    ]);
  }

  #number() {
    this.grid.setAttribute("aria-rowcount", this.cues.list.length + 1);
    this.cues.list.forEach((cue, at) => {
      const made = this.rows.get(cue.ref);
      if (!made) return;
      const number = String(at + 1);
      const key = `${number} ${cue.startMs} ${cue.endMs} ${document.documentElement.lang}`;
      if (made.drawn.number === key) return;
      made.drawn.number = key;
      made.row.setAttribute("aria-rowindex", at + 2);
      made.at.textContent = number;
      const from = clock(cue.startMs);
      made.at.setAttribute("aria-label", say("goTo", { number, from }));
      const label = { number, from, to: clock(cue.endMs), language: this.language };
      made.text.setAttribute("aria-label", say("translationOf", label));
    });
  }

  // ---- what a person points at

  #ref(target) {
    return target.closest?.(".cue")?.dataset.ref;
  }

  #clicked(event) {
    const ref = this.#ref(event.target);
    if (!ref || event.target.closest(".conflict")) return;
    const isText = event.target.tagName === "TEXTAREA";
    const term = event.target.closest(".term");
    if (term) this.dispatchEvent(new CustomEvent("insert", { detail: { ref, text: term.dataset.target } }));
    else if (!isText) this.choose(ref, { focus: "row", seek: true });
  }

  #focused(event) {
    const ref = this.#ref(event.target);
    if (ref && ref !== this.chosen) this.choose(ref, {});
  }

  #typed(event) {
    if (event.target.tagName !== "TEXTAREA") return;
    this.dispatchEvent(new CustomEvent("typed", { detail: { ref: this.#ref(event.target), text: event.target.value } }));
  }

  choose(ref, { focus = "", seek = false } = {}) {
    const one = this.rows.get(ref);
    if (!one) return;
    const before = this.rows.get(this.chosen);
    before?.row.classList.remove("chosen");
    before?.row.removeAttribute("aria-selected");
    before?.row.querySelectorAll(".term").forEach((term) => term.setAttribute("tabindex", "-1"));
    one.row.classList.add("chosen");
    one.row.setAttribute("aria-selected", "true");
    one.row.querySelectorAll(".term").forEach((term) => term.setAttribute("tabindex", "0"));
    const isNew = this.chosen !== ref;
    this.chosen = ref;
    if (focus) {
      const target = focus === "text" ? one.text : one.row;
      target.focus({ preventScroll: true });
      this.reveal(ref);
    }
    if (isNew || seek) this.dispatchEvent(new CustomEvent("chosen", { detail: { ref, seek } }));
  }

  reveal(ref) {
    const one = this.rows.get(ref);
    if (!one) return;
    const top = LOW.matches ? 0 : byId("stage").getBoundingClientRect().bottom;
    const box = one.row.getBoundingClientRect();
    if (box.top >= top + 4 && box.bottom <= innerHeight - 24) return;
    // Rows that were never on screen stand at a guessed height: the second look is right where the first was not.
    for (let look = 0; look < 3; look += 1) {
      const { top: now } = one.row.getBoundingClientRect();
      const wanted = top + Math.min(160, (innerHeight - top) / 3);
      if (Math.abs(now - wanted) < 2) break;
      scrollBy({ top: now - wanted, behavior: "instant" });
    }
  }

  light(ref) {
    if (ref === this.lit) return;
    this.rows.get(this.lit)?.row.classList.remove("lit");
    this.rows.get(this.lit)?.row.removeAttribute("aria-current");
    this.lit = ref;
    this.rows.get(ref)?.row.classList.add("lit");
    this.rows.get(ref)?.row.setAttribute("aria-current", "true");
  }

  // ---- what is shown

  filter(name) {
    this.shows = name;
    for (const cue of this.cues.list) this.rows.get(cue.ref)?.row.toggleAttribute("hidden", !this.#fits(cue, name));
    for (const group of this.body.children) {
      const shown = [...group.children].filter((row) => !row.hidden).length;
      group.hidden = !shown;
      group.style.setProperty("--rows", shown);
    }
  }

  #fits(cue, name) {
    return FILTERS[name](this.problems.get(cue.ref) ?? []);
  }

  counts() {
    const counted = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, 0]));
    for (const cue of this.cues.list) for (const name of Object.keys(FILTERS)) counted[name] += this.#fits(cue, name);
    return counted;
  }

  isShown(cue) {
    return !this.rows.get(cue.ref)?.row.hidden;
  }

  isFaulty(cue) {
    return FILTERS.problem(this.problems.get(cue.ref) ?? []);
  }
}

const has = (...wanted) => (codes) => codes.some((code) => wanted.includes(code));
const TIMES = ["shortest", "longest", "overlap"];
const AT_ONCE_KNOWN = ["empty", "reading-speed", "line-length", "lines", ...TIMES, "stale", "machine", "conflict"];

export const FILTERS = {
  all: () => true,
  problem: (codes) => codes.some((code) => code !== "machine"),
  "reading-speed": has("reading-speed"),
  line: has("line-length", "lines"),
  time: has(...TIMES),
  check: (codes) => codes.some((code) => !AT_ONCE_KNOWN.includes(code)),
  stale: has("stale"),
  machine: has("machine"),
  empty: has("empty"),
  conflict: has("conflict"),
};

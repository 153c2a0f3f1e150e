// What helps with the cue at hand: what changed in the source, checks, agreed terms, proposals from the memory.
// Rule: it only shows and proposes; what is inserted goes through the page like anything that is typed.

import { byId, button, make } from "./element.js";
import { ask } from "./saving.js";
import { knows, say } from "./words.js";

const WAIT_MS = 250; // arrow keys pass over many cues: only where they rest is the memory asked

export class Panel extends EventTarget {
  constructor({ info, cues, table, source, measures, id }) {
    super();
    Object.assign(this, { info, cues, table, source, measures, id, proposals: [], ref: null, drawn: "" });
    this.root = byId("panel");
    this.root.classList.toggle("closed", matchMedia("(max-width: 44rem)").matches);
  }

  choose(ref) {
    this.ref = ref;
    this.proposals = null;
    clearTimeout(this.waiting);
    if (!this.table.isAlone) this.waiting = setTimeout(() => this.#remember(ref), WAIT_MS);
    this.renew();
  }

  async #remember(ref) {
    const cue = this.cues.get(ref);
    const id = cue && this.id(cue.ref);
    if (!id) return;
    try {
      const found = await ask(`/api/memory?id=${encodeURIComponent(id)}`);
      if (this.ref === ref) this.proposals = found.slice(0, 3);
    } catch {
      if (this.ref === ref) this.proposals = []; // the state of the connection is told elsewhere
    }
    this.renew();
  }

  renew(isForced = false) {
    const cue = this.ref && this.cues.get(this.ref);
    const parts = cue ? this.#parts(cue) : [];
    const key = JSON.stringify(parts.map((one) => one.key));
    if (key === this.drawn && !isForced) return;
    this.drawn = key;
    const shown = parts.map((one) => one.make());
    this.root.replaceChildren(
      this.#head(),
      ...(shown.length ? shown : [make("p", { cls: "soft", text: say("noCue") })]),
    );
  }

  // On a narrow screen the panel opens and closes, so that the table has room.
  #head() {
    const isOpen = !this.root.classList.contains("closed");
    const toggle = button(say("thisCue"), () => {
      const isNow = !this.root.classList.toggle("closed");
      toggle.setAttribute("aria-expanded", isNow);
    }, { cls: "toggle", "aria-expanded": String(isOpen), title: say("more") });
    return make("h2", {}, [toggle]);
  }

  #parts(cue) {
    const next = this.cues.list[this.cues.indexOf(cue) + 1];
    const checks = this.#checks(cue, this.measures.of(cue, next));
    const parts = [];
    if (cue.stale) parts.push({ key: cue.stale, make: () => this.#stale(cue.stale) });
    parts.push({ key: checks, make: () => this.#list("checksTitle", "checksNone", checks, "checks") });
    if (this.table.isAlone) return parts;
    const terms = this.source.termsIn(this.source.of(cue));
    parts.push({ key: terms, make: () => this.#terms(terms) });
    parts.push({ key: this.proposals, make: () => this.#memory(this.proposals) });
    return parts;
  }

  #checks(cue, of) {
    const { lineWidth, lines, charactersPerSecond, shortestMs, longestMs } = this.measures.limits;
    const seconds = (ms) => String(ms / 1000).slice(0, 5);
    const values = {
      "line-length": { found: of.widest, limit: lineWidth },
      lines: { found: of.rows, limit: lines },
      "reading-speed": { found: of.speed.toFixed(1), limit: charactersPerSecond },
      shortest: { found: seconds(of.durationMs), limit: seconds(shortestMs) },
      longest: { found: seconds(of.durationMs), limit: seconds(longestMs) },
    };
    const own = of.broken.map((code) => say(`rule:${code}`, values[code]));
    const found = this.table.found.get(cue.ref) ?? [];
    return [...own, ...found.map(finding)];
  }

  #section(title, children, cls = "") {
    return make("section", { cls }, [make("h3", { text: say(title) }), ...children]);
  }

  #list(title, none, lines, cls) {
    const items = lines.map((text) => make("li", { text }));
    const shown = items.length ? make("ul", { cls: "faults" }, items) : make("p", { cls: "soft good", text: say(none) });
    return this.#section(title, [shown], cls);
  }

  #stale({ old, new: now }) {
    const { spoken } = this.info;
    return this.#section("staleTitle", [
      make("dl", {}, [
        make("dt", { text: say("staleOld") }), make("dd", { cls: "words was", lang: spoken, text: old }),
        make("dt", { text: say("staleNew") }), make("dd", { cls: "words", lang: spoken, text: now }),
      ]),
    ], "stale");
  }

  #insert(text, how) {
    return () => this.dispatchEvent(new CustomEvent("insert", { detail: { ref: this.ref, text, how } }));
  }

  #terms(terms) {
    const rows = terms.map((term) => make("li", {}, [
      make("span", { lang: this.info.spoken, text: term.source }), " → ",
      make("span", { cls: "words", lang: this.info.language, text: term.target }),
      term.note ? make("small", { text: ` ${term.note}` }) : null,
      button(say("insert"), this.#insert(term.target, "caret"), {
        cls: "small", "aria-label": say("insertTerm", { target: term.target }),
      }),
    ]));
    const none = make("p", { cls: "soft", text: say("termsNone") });
    return this.#section("termsTitle", [rows.length ? make("ul", { cls: "terms" }, rows) : none]);
  }

  #memory(proposals) {
    const rows = (proposals ?? []).map((one, at) => make("li", {}, [
      make("p", { cls: "soft", lang: this.info.spoken, text: one.source }),
      make("p", { cls: "words", lang: this.info.language, text: one.text }),
      make("p", { cls: "choices" }, [
        button(say("insert"), this.#insert(one.text, "whole"), { cls: "small", "aria-label": `${say("insert")} ${at + 1}` }),
        make("small", { text: [score(one.score), one.origin].filter(Boolean).join(" · ") }),
      ]),
    ]));
    const none = make("p", { cls: "soft", text: proposals ? say("memoryNone") : "…" });
    return this.#section("memoryTitle", [rows.length ? make("ol", { cls: "memory" }, rows) : none]);
  }
}

function finding({ rule, found, limit, message }) {
  if (!knows(`rule:${rule}`)) return message;
  const [term, said] = [found.replace(/^nothing for /, ""), limit.replace(/^a translation of: /, "")];
  return say(`rule:${rule}`, { found, term, said, limit: limit.replaceAll(" or ", " / ") });
}

function score(value) {
  return say("score", { score: Math.round(value <= 1 ? value * 100 : value) });
}

// What the page tells: the title, the state of the text, whether all is saved, and what happened meanwhile.
// Rule: every notice is text in a live region; none covers the work, and none goes away before it can be read.

import { byId, button, make } from "./element.js";
import { nameOf, say } from "./words.js";

const BRIEF_MS = 6000;
const STATES = { accepted: "stateAccepted", draft: "stateDraft", machine: "stateMachine", source: "stateSource" };

export class Notices {
  constructor(info, conflicts) {
    Object.assign(this, { info, conflicts });
    this.last = { state: "loading" };
    this.renew();
  }

  renew() {
    const { title, language, spoken, state } = this.info;
    const [languageName, spokenName] = [nameOf(language, this.info.languageName), nameOf(spoken, this.info.spokenName)];
    const about = say(language === spoken ? "aboutSpoken" : "about", { language: languageName, spoken: spokenName });
    document.title = `${title} · ${languageName} · castkit`;
    byId("title").textContent = title;
    byId("title").lang = language;
    byId("about").replaceChildren(about, " ", make("span", { cls: `chip ${state}`, text: say(STATES[state] ?? state) }));
    this.state(this.last);
  }

  state(detail) {
    this.last = detail;
    const number = this.conflicts.size;
    const state = detail.state === "saved" && number ? "choose" : detail.state;
    const words = [say(state, { message: detail.message, number })];
    if (detail.isKept === false && state !== "saved") words.push(say("unkept"));
    const text = words.join(". ");
    const status = byId("status");
    status.dataset.state = state;
    if (status.textContent !== text) status.textContent = text;
  }

  // What the server tells stays until it is closed.
  tell(lines) {
    for (const text of lines) byId("notes").append(this.#note(text));
  }

  brief(text) {
    const note = this.#note(text, "brief");
    byId("notes").querySelectorAll(".brief").forEach((one) => one.remove());
    byId("notes").append(note);
    setTimeout(() => note.remove(), BRIEF_MS);
  }

  #note(text, cls = "") {
    const note = make("div", { cls: `note ${cls}` }, [make("p", { text })]);
    note.append(button("×", () => note.remove(), { cls: "sign", "aria-label": say("close") }));
    return note;
  }
}

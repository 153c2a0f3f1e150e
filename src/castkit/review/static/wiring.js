// Connects buttons and keys with the commands, and the choice of the page's language with its words.
// Rule: what has the focus decides which keys count; nothing is taken from an input method or from typing.

import { showAccept } from "./dialogs.js";
import { NUDGE_MS } from "./editing.js";
import { byId } from "./element.js";
import { KEYS, command, isComposing, shownKey } from "./keys.js";
import { ask } from "./saving.js";
import { fill, remember, say, speak, spoken } from "./words.js";

export function connect(page) {
  const { table, run } = page;
  for (const name of ["again", "loop", "follow", "undo", "redo", "accept", "help", "merge"]) {
    byId(name).addEventListener("click", () => run(name));
  }
  byId("play").addEventListener("click", () => run("toggle"));
  byId("split").addEventListener("click", () => {
    const text = table.rows.get(table.chosen)?.text;
    const isInside = text && text.value.slice(0, text.selectionStart).trim() && text.value.slice(text.selectionStart).trim();
    run(isInside ? "split" : "splitHere");
  });
  for (const one of document.querySelectorAll("[data-nudge]")) {
    const [side, by] = one.dataset.nudge.split(",");
    one.addEventListener("click", () => page.commands.nudge(side, Number(by) * NUDGE_MS));
  }
  byId("speech").addEventListener("click", () => {
    speak(spoken() === "en" ? "zh" : "en");
    remember();
    fill();
    rename(page);
  });
  page.accept = () => accept(page);
  rename(page);
  listen(page);
}

// The parts that made their own words say them anew; the keys stand on the buttons.
function rename({ table, stage, panel, notices, waveform }) {
  notices.renew();
  table.paintAll();
  stage.rename();
  panel.renew(true);
  waveform.rename();
  const buttons = { again: "again", loop: "loop", follow: "follow", split: "split", merge: "merge", find: "find", accept: "accept" };
  for (const [id, does] of Object.entries(buttons)) {
    const { text, row } = KEYS.find((key) => key.does === does);
    byId(id).title = [text[0], row[0]].filter(Boolean).map((one) => shownKey(one).join("+")).join(" · ");
  }
}

async function accept(page) {
  const { cues, table, saving, info, notices, stage } = page;
  page.flush();
  await saving.settled(); // what was typed a moment ago is on its way
  const counts = table.counts();
  const points = [
    ["acceptConflicts", cues.conflicts.size], ["acceptProblems", counts.problem],
    ["acceptStale", counts.stale], ["acceptMachine", counts.machine],
  ];
  const isBlocked = () => cues.conflicts.size > 0;
  const waiting = saving.isClear ? null : saving.settled(Infinity);
  showAccept({ points, waiting, isBlocked, who: info.who ?? "" }, async (isDraft, who) => {
    try {
      if (who && who !== info.who) {
        await ask("/api/who", { who });
        info.who = who;
      }
      const done = await ask("/api/accept", { draft: isDraft });
      info.state = done.state ?? info.state;
      notices.renew();
      notices.tell(done.notes ?? []);
      notices.brief(say(isDraft ? "drafted" : "accepted"));
      saving.poll();
    } catch (error) {
      notices.tell([[error.message, error.hint].filter(Boolean).join(" ")]);
    }
    stage.renew();
  });
}

function listen(page) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const where = place();
    const found = where && command(event, where);
    if (!found) return;
    event.preventDefault();
    page.run(found.does, found.digit);
  });
  // The browser's own undo knows nothing of cues: it must not put back a text behind the page's back.
  document.addEventListener("beforeinput", (event) => {
    if (!/^history/.test(event.inputType) || event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    page.run(event.inputType === "historyUndo" ? "undo" : "redo");
  });
  point(page);
}

// Where the keys go: to a text, to the cues, to something else of the page, or (in a dialog) nowhere.
function place() {
  const target = document.activeElement;
  if (target?.closest("dialog")) return "";
  if (target?.tagName === "TEXTAREA") return "text";
  if (!target || target === document.body || target.matches("#cues, .cue")) return "row";
  return "other";
}

// The agreed translation of a term, shown where the mouse or the keyboard is on it.
function point({ info }) {
  const tip = byId("tip");
  const show = ({ target }) => {
    const term = target.closest?.(".term");
    tip.hidden = !term;
    if (!term) return;
    tip.textContent = term.dataset.tip;
    tip.lang = info.language;
    const box = term.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${box.bottom + 6}px`;
  };
  const hide = () => (tip.hidden = true);
  document.addEventListener("focusin", show);
  document.addEventListener("pointerover", show);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", hide, { passive: true });
}

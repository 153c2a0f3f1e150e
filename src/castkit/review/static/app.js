// Opens the page: fetches the document, makes the parts, and lets them know of each other.
// Rule: only here do the parts meet; each of them knows its own matter.

import { Cues } from "./cues.js";
import { byId } from "./element.js";
import { Commands } from "./commands.js";
import { Editing } from "./editing.js";
import { Finding } from "./finding.js";
import { Measures } from "./measures.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { Saving, ask, inherit } from "./saving.js";
import { Source } from "./source.js";
import { Stage } from "./stage.js";
import { Table } from "./table.js";
import { Waveform } from "./waveform.js";
import { connect } from "./wiring.js";
import { fill, remembered, say, speak } from "./words.js";

const TYPED_MS = 500;
const CHECK_MS = 1000;

function client() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function begin(info) {
  const own = client();
  const prefix = `castkit-review:${info.slug}:${info.language}`;
  const cues = new Cues(own);
  const source = new Source(info.source, info.glossary);
  const measures = new Measures(info.limits, info.language);
  const saving = new Saving(prefix, own);
  const player = new Player(info.video);
  cues.load(info.cues);
  const table = new Table(info, { cues, source, measures });
  const waveform = new Waveform(info, { cues, player });
  const editing = new Editing(info, { cues, measures });
  const notices = new Notices(info, cues.conflicts);
  const panel = new Panel({ info, cues, table, source, measures, id: (ref) => saving.id(ref) });
  const finding = new Finding({ cues, table });
  const page = { info, cues, source, table, waveform, player, editing, notices, panel, finding, saving };
  page.stage = new Stage(page);
  keep(page);
  merge(page);
  show(page);
  page.commands = new Commands(page);
  page.run = (name, digit) => page.commands.run(name, digit);
  connect(page);
  table.draw();
  page.stage.renew();
  saving.start(info.version);
  inherit(prefix, own, (other, kept) => {
    for (const one of kept.conflicts ?? []) cues.inherit(...one);
    saving.keep([...cues.conflicts]);
    saving.adopt(kept, other);
    table.paintAll();
    notices.renew();
  });
  saving.tell("saved");
  check(page);
  return page;
}

// Typing becomes operations after a pause, on leaving the text, and when the page is hidden.
function keep(page) {
  const { cues, saving, table } = page;
  let pause = 0;
  const flush = () => {
    clearTimeout(pause);
    cues.flush();
  };
  page.flush = flush;
  saving.isTyping = () => cues.typed.size > 0;
  table.addEventListener("typed", ({ detail }) => {
    cues.type(detail.ref, detail.text);
    saving.tell("saving");
    clearTimeout(pause);
    pause = setTimeout(() => {
      flush();
      if (saving.isClear) saving.tell("saved"); // typed and taken back
    }, TYPED_MS);
  });
  table.addEventListener("left", flush);
  for (const name of ["pagehide", "beforeunload", "blur"]) addEventListener(name, flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  cues.addEventListener("operation", ({ detail }) => saving.add(detail));
  cues.addEventListener("change", () => {
    if (cues.conflicts.size || saving.conflicts.length) saving.keep([...cues.conflicts]);
  });
}

function merge(page) {
  const { cues, saving, table, notices, info } = page;
  let later = 0;
  saving.addEventListener("changes", ({ detail }) => {
    if (detail.cues?.length || detail.removed?.length) cues.merge(detail);
    Object.assign(info, { state: detail.state ?? info.state });
    told(detail);
    if (detail.cues?.length || detail.removed?.length) recheck();
  });
  saving.addEventListener("anew", ({ detail }) => {
    Object.assign(info, { state: detail.state, version: detail.version });
    page.source.set(detail.source, detail.glossary);
    cues.load(detail.cues);
    table.paintAll();
    told(detail);
    recheck();
  });
  saving.addEventListener("result", ({ detail: { op, result, refs } }) => {
    if (result.ids) cues.acknowledge(refs, result.ids);
    const isTaken = result.status === "done" || result.status === "merged";
    if (!isTaken) cues.hold(op, { theirs: result.theirs ?? [], why: result.status === "refused" ? result.why : "" });
    if (!isTaken && cues.conflicts.has(table.chosen)) table.reveal(table.chosen);
    recheck();
  });
  saving.addEventListener("state", ({ detail }) => notices.state(detail));
  table.addEventListener("settle", ({ detail: { ref, isMine } }) => {
    cues.settle(ref, isMine);
    notices.renew();
    table.choose(ref, { focus: "row" });
    saving.poll();
  });
  const told = ({ notes = [], conflicts = [] }) => {
    notices.renew();
    notices.tell(notes);
    conflicts.forEach((one) => cues.contradict(one));
  };
  told(info);
  const recheck = () => {
    clearTimeout(later);
    later = setTimeout(() => check(page), CHECK_MS);
  };
}

async function check({ cues, table, panel, stage }) {
  const found = await ask("/api/check").catch(() => null);
  if (!found) return;
  const known = new Set(["line-length", "lines", "reading-speed", "shortest", "longest", "overlap"]); // the page's own, at once
  const now = new Map();
  for (const one of found) {
    const ref = cues.refOf.get(one.id);
    if (ref && !known.has(one.rule)) now.set(ref, [...(now.get(ref) ?? []), one]);
  }
  table.judge(now);
  panel.renew();
  stage.count();
}

function show(page) {
  const { cues, table, waveform, panel, player, stage } = page;
  cues.addEventListener("change", ({ detail }) => {
    table.renew(detail);
    if (detail.isMoved) waveform.renew();
    panel.renew();
    stage.renew();
  });
  table.addEventListener("drawn", () => stage.count());
  table.addEventListener("chosen", ({ detail: { ref, seek } }) => {
    const cue = cues.get(ref);
    if (seek || !player.isPlaying) player.seek(cue.startMs + 1);
    waveform.choose(ref);
    panel.choose(ref);
    stage.renew();
  });
  for (const part of [table, panel]) {
    part.addEventListener("insert", ({ detail }) => page.commands.put(detail));
  }
  waveform.addEventListener("pick", ({ detail: { ref } }) => {
    table.choose(ref);
    table.reveal(ref);
  });
  waveform.addEventListener("drag", ({ detail: { ref, side, ms } }) => page.editing.move(cues.get(ref), side, ms));
}

fill();
ask("/api/document").then((info) => {
  speak(remembered() ?? info.interface);
  fill();
  begin(info);
}).catch((error) => {
  const why = [error.message, error.hint].filter(Boolean).join(" ");
  byId("status").dataset.state = "trouble";
  byId("status").textContent = say("failed", { message: why });
  throw error;
});

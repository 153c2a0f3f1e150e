// The cues as this page sees them, with undo, and every change as one operation: remove these, put those.
// Rule: no network and no DOM here. `seen` is what the server knows of a cue; a change is always against that.

const FIELDS = ["startMs", "endMs", "text"];
const TYPING_MS = 1500; // pauses shorter than this keep typing one step of undo

const plain = (cue) => ({ ref: cue.ref, startMs: cue.startMs, endMs: cue.endMs, text: cue.text });
const isSame = (one, other) => FIELDS.every((field) => one[field] === other[field]);

export class Cues extends EventTarget {
  constructor(client) {
    super();
    this.client = client;
    this.list = []; // in order of time
    this.byRef = new Map();
    this.refOf = new Map(); // server's id -> ref
    this.typed = new Set();
    this.conflicts = new Map(); // ref -> {mine, theirs, why}
    this.done = [];
    this.undone = [];
    this.aliases = new Map(); // a ref that was removed and came back -> its new ref
    this.counter = 0;
  }

  get(ref) {
    return this.byRef.get(this.now(ref));
  }

  now(ref) {
    let found = ref;
    while (!this.byRef.has(found) && this.aliases.has(found)) found = this.aliases.get(found);
    return found;
  }

  indexOf(cue) {
    return this.list.indexOf(cue);
  }

  at(ms) {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].startMs <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1; // the last cue that has begun
  }

  // ---- what the server says

  load(cues) {
    const known = new Set(cues.map((one) => one.id));
    const gone = [...this.refOf.keys()].filter((id) => !known.has(id));
    this.merge({ cues, removed: gone });
  }

  // Others' changes. What a person is typing here is kept, and goes out against what it was typed over.
  merge({ cues, removed }) {
    const touched = new Set();
    let isMoved = false;
    for (const one of cues) {
      const mine = this.byRef.get(this.refOf.get(one.id));
      isMoved = (mine ? this.#take(mine, one) : this.#insert(one)) || isMoved;
      touched.add(this.refOf.get(one.id));
    }
    for (const id of removed) {
      const mine = this.byRef.get(this.refOf.get(id));
      if (mine && !this.#isBeingTyped(mine) && !this.#held(mine.ref)) {
        this.#drop(mine);
        isMoved = true;
      }
    }
    this.#sort();
    this.#anchor();
    this.#tell(touched, isMoved);
  }

  // A choice whose cue is gone is shown at the nearest one.
  #anchor() {
    for (const [ref, conflict] of [...this.conflicts]) {
      if (this.byRef.has(ref)) continue;
      this.conflicts.delete(ref);
      this.inherit(ref, conflict);
    }
  }

  #isBeingTyped(cue) {
    return this.typed.has(cue.ref) && cue.text !== cue.seen.text;
  }

  // The conflict of a cue whose row shows the person's own version; what is typed there waits for the choice.
  #held(ref) {
    const found = this.conflicts.get(ref);
    return found && !found.isWhole ? found : null;
  }

  #take(mine, one) {
    const isMoved = mine.startMs !== one.startMs;
    const held = this.#held(mine.ref);
    const isTyped = this.#isBeingTyped(mine);
    const shown = this.conflicts.get(mine.ref);
    if (shown) shown.theirs = shown.theirs.map((cue) => (cue.id === one.id ? one : cue));
    if (!isTyped && !held) mine.text = one.text;
    if (!isTyped || held || one.text === mine.text) mine.seen.text = one.text;
    if (!held) Object.assign(mine, { startMs: one.startMs, endMs: one.endMs });
    Object.assign(mine.seen, { startMs: one.startMs, endMs: one.endMs });
    Object.assign(mine, { speaker: one.speaker, stale: one.stale, by: one.by });
    return isMoved;
  }

  #insert(one) {
    const ref = this.refOf.get(one.id) ?? one.id;
    const { startMs, endMs, text, speaker, stale, by } = one;
    this.#add({ ref, startMs, endMs, text, speaker, stale, by, seen: { startMs, endMs, text } });
    this.refOf.set(one.id, ref);
    return true;
  }

  #add(cue) {
    this.byRef.set(cue.ref, cue);
    this.list.push(cue);
  }

  #drop(cue) {
    this.byRef.delete(cue.ref);
    this.list.splice(this.list.indexOf(cue), 1);
    this.typed.delete(cue.ref);
  }

  #sort() {
    this.list.sort((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
  }

  #tell(touched, isMoved) {
    this.dispatchEvent(new CustomEvent("change", { detail: { touched, isMoved } }));
  }

  // ---- what a person does

  type(ref, text) {
    const cue = this.get(ref);
    cue.text = text;
    this.typed.add(cue.ref);
    const held = this.#held(cue.ref);
    if (held) held.mine = [plain(cue)]; // shown now: drawn on leaving the text, the button being pressed would be gone
    this.#tell(new Set([cue.ref]), false);
  }

  // What was typed becomes operations; called after a pause, on blur, and before anything else happens.
  flush() {
    for (const ref of [...this.typed]) {
      const cue = this.get(ref);
      const held = this.#held(ref);
      if (held) {
        held.mine = [plain(cue)];
        this.#tell(new Set(), false);
      } else if (cue && cue.text !== cue.seen.text) {
        const before = { ref, ...cue.seen, startMs: cue.startMs, endMs: cue.endMs };
        this.#record({ remove: [before], put: [plain(cue)], kind: "typing" });
        this.#emit([before], [cue]);
      }
      this.typed.delete(ref);
    }
  }

  // Removes these cues and puts those; a put with the ref of a removed cue is that cue, changed. Gives the refs put.
  change(refs, puts, { group = null } = {}) {
    this.flush();
    const gone = refs.map((ref) => this.get(ref)).filter(Boolean);
    if (gone.some((cue) => this.#held(cue.ref))) return null;
    const before = gone.map(plain);
    const after = this.#apply(gone, puts);
    if (before.length === 1 && after.length === 1 && isSame(before[0], after[0])) return [after[0].ref];
    this.#record({ remove: before, put: after.map(plain), group });
    return after.map((cue) => cue.ref);
  }

  #apply(gone, puts) {
    const seen = gone.map((cue) => ({ ref: cue.ref, ...cue.seen }));
    const speaker = gone[0]?.speaker ?? null;
    const kept = new Set();
    const after = puts.map((put) => {
      const old = gone.find((cue) => cue.ref === put.ref);
      if (old) {
        kept.add(old);
        return Object.assign(old, { startMs: put.startMs, endMs: put.endMs, text: put.text });
      }
      const ref = `new:${this.client}:${++this.counter}`;
      if (put.ref) this.aliases.set(put.ref, ref);
      const cue = { ...put, ref, speaker, stale: null, by: "person", seen: {} };
      this.#add(cue);
      return cue;
    });
    for (const cue of gone) if (!kept.has(cue)) this.#drop(cue);
    this.#sort();
    this.#anchor();
    this.#emit(seen, after, true);
    return after;
  }

  #emit(seen, after, isMoved = false) {
    for (const cue of after) {
      cue.seen = { startMs: cue.startMs, endMs: cue.endMs, text: cue.text };
      Object.assign(cue, { by: "person" });
    }
    this.dispatchEvent(new CustomEvent("operation", { detail: { remove: seen, put: after.map(plain) } }));
    this.#tell(new Set([...seen, ...after].map((one) => one.ref)), isMoved);
  }

  #record(entry) {
    const last = this.done.at(-1);
    const at = Date.now();
    this.undone = [];
    const isOn = entry.kind === "typing" && last?.kind === "typing" && last.put[0].ref === entry.put[0].ref;
    if (isOn && at - last.at < TYPING_MS) Object.assign(last, { put: entry.put, at });
    else this.done.push({ ...entry, at });
  }

  // Takes the last step back, or does it again. Gives the refs to look at, [] for nothing to do, null where someone
  // else has changed the same cue since: theirs is never undone by us.
  step(isBack) {
    this.flush();
    const [from, to] = isBack ? [this.done, this.undone] : [this.undone, this.done];
    const entry = from.pop();
    if (!entry) return [];
    const [remove, put] = isBack ? [entry.put, entry.remove] : [entry.remove, entry.put];
    const refs = this.#turn(remove, put);
    if (refs) to.push({ ...entry, at: 0 });
    const more = from.at(-1);
    return entry.group && more?.group === entry.group ? this.step(isBack) : refs;
  }

  #turn(remove, put) {
    const gone = remove.map((one) => this.get(one.ref));
    if (gone.some((cue) => !cue || this.#held(cue.ref))) return null;
    if (gone.length === 1 && put.length === 1) return this.#turnFields(gone[0], remove[0], put[0]);
    if (gone.some((cue, at) => !isSame(cue, remove[at]))) return null;
    const wanted = put.map((one) => ({ ...one, ref: this.now(one.ref) }));
    return this.#apply(gone, wanted).map((cue) => cue.ref);
  }

  #turnFields(cue, from, to) {
    const changed = FIELDS.filter((field) => from[field] !== to[field]);
    if (changed.some((field) => cue[field] !== from[field])) return null;
    const wanted = { ...plain(cue), ...Object.fromEntries(changed.map((field) => [field, to[field]])) };
    return this.#apply([cue], [wanted]).map((one) => one.ref);
  }

  // ---- what the server answered

  acknowledge(refs, ids) {
    refs.forEach((ref, at) => ids[at] && this.refOf.set(ids[at], ref));
  }

  // The server did not take an operation. What stands is shown, and the person's own version stays beside it.
  hold(operation, { theirs, why }) {
    const refs = new Set([...operation.remove, ...operation.put].map((one) => one.ref));
    const [first] = operation.put;
    const isOwn = operation.client === this.client; // else another window's, which was closed
    const isOne = operation.put.length === 1 && theirs.length === 1 && this.refOf.get(theirs[0].id) === first.ref;
    const cue = first && this.byRef.get(first.ref);
    const mine = isOne && isOwn && cue ? [plain(cue)] : operation.put;
    if (isOne && isOwn && cue) {
      this.conflicts.set(first.ref, { mine, theirs, why, isWhole: false });
      this.#take(cue, theirs[0]);
    } else {
      const standing = new Set(theirs.map((one) => this.refOf.get(one.id)));
      const gone = [...refs].filter((ref) => isOwn && !standing.has(ref) && this.byRef.has(ref));
      for (const ref of gone) this.#drop(this.byRef.get(ref));
      for (const one of theirs) {
        const here = this.byRef.get(this.refOf.get(one.id));
        if (here) this.#take(here, one);
        else this.#insert(one);
      }
      this.#sort();
      this.inherit(this.refOf.get(theirs[0]?.id), { mine, theirs, why });
    }
    this.#tell(refs, true);
  }

  // Two versions that are to be chosen between, at the cue named or, where it is gone, at the one nearest in time.
  inherit(ref, { mine, theirs, why, isFile }) {
    const near = this.list[Math.max(0, this.at(mine[0]?.startMs ?? 0))]?.ref ?? "";
    let anchor = this.byRef.has(ref) ? ref : near;
    while (this.conflicts.has(anchor)) anchor = this.list[this.indexOf(this.byRef.get(anchor)) + 1]?.ref ?? `${anchor}+`;
    this.conflicts.set(anchor, { mine, theirs, why, isFile, isWhole: true });
  }

  // A file that came in says otherwise than what was typed here; the file's cues stand.
  contradict({ ids, mine, theirs }) {
    const isSaid = theirs.map((one) => one.text).join() === mine.map((one) => one.text).join();
    const isShown = [...this.conflicts.values()].some((one) => JSON.stringify(one.mine) === JSON.stringify(mine));
    if (isSaid || isShown) return;
    this.inherit(this.refOf.get(ids[0]), { mine, theirs, why: "", isFile: true });
    this.#tell(new Set(this.conflicts.keys()), false);
  }

  // A person chose. Choosing one's own is a new operation against what stands.
  settle(ref, isMine) {
    const { mine, theirs, isWhole } = this.conflicts.get(ref);
    this.conflicts.delete(ref);
    const standing = theirs.map((one) => this.byRef.get(this.refOf.get(one.id))).filter(Boolean);
    if (!isWhole) {
      const cue = this.get(ref);
      const wanted = isMine ? { ...mine[0], text: cue.text } : { ref, ...theirs[0] };
      this.typed.delete(ref);
      Object.assign(cue, cue.seen);
      if (isMine) this.change([ref], [{ ...wanted, ref }]);
      else Object.assign(cue, { startMs: wanted.startMs, endMs: wanted.endMs, text: wanted.text });
    } else if (isMine) {
      const puts = mine.map((one, at) => ({ ...one, ref: standing[at]?.ref }));
      this.change(standing.map((one) => one.ref), puts);
    }
    this.#tell(new Set([ref]), true);
  }
}

// Sends what was changed, in order, and asks for what others changed; what is not sent yet is kept in the browser.
// Rule: an operation leaves the store only after the server has answered that it is on the disk, or refused it.

const ASK_MS = 2000;
const AGAIN_MS = 1500;
const SETTLE_MS = 2000;
const MOST = 100; // operations in one request
const HEADERS = { "Content-Type": "application/json", "X-Castkit": "1" };

export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: HEADERS, body: JSON.stringify(body) };
  const answer = await fetch(path, { ...options, cache: "no-store", credentials: "same-origin" });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw Object.assign(new Error(said.error ?? answer.statusText), { status: answer.status, hint: said.hint ?? "" });
}

// The unsent work of one window: {ops, ids, conflicts} under a key of its own, so that windows never write over each other.
export class Store {
  constructor(prefix, client) {
    this.key = `${prefix}:${client}`;
    this.isKept = true;
  }

  static others(prefix, client) {
    let keys = [];
    try {
      keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at));
    } catch {
      return []; // this browser keeps nothing for this page
    }
    const heads = keys.filter((key) => key?.startsWith(`${prefix}:`));
    return heads.map((key) => key.slice(prefix.length + 1)).filter((one) => one !== client);
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  write(value) {
    const isEmpty = !value.ops.length && !value.conflicts.length;
    try {
      if (isEmpty) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(value));
      this.isKept = true;
    } catch {
      this.isKept = false; // the browser keeps nothing, or no more: the page says so
    }
  }
}

export class Saving extends EventTarget {
  constructor(prefix, client) {
    super();
    this.client = client;
    this.store = new Store(prefix, client);
    this.ops = [];
    this.ids = {}; // ref of a new cue -> the id that the server gave it
    this.conflicts = [];
    this.version = 0;
    this.isBusy = false;
    this.state = "saved";
    this.message = "";
    this.counter = 0;
    this.isStopped = false;
    this.isTyping = () => false; // whether anything typed is still to become an operation: that is not saved
    this.most = MOST;
    this.sent = 0; // requests with operations so far: an answer asked for before the last of them is out of date
  }

  start(version) {
    this.version = version;
    this.asking = setInterval(() => this.poll(), ASK_MS);
    addEventListener("focus", () => this.poll());
  }

  // Another window's work, left behind when it was closed: sent under its own name, so that nothing is done twice.
  adopt({ ops = [], ids = {} }, client) {
    this.ops.push(...ops.map((one) => ({ ...one, client: one.client ?? client })));
    Object.assign(this.ids, ids);
    this.keep();
    this.pump();
  }

  keep(conflicts = this.conflicts) {
    this.conflicts = conflicts;
    this.store.write({ ops: this.ops, ids: this.ids, conflicts });
  }

  add({ remove, put }) {
    this.ops.push({ op: `${++this.counter}`, client: this.client, remove, put });
    this.keep();
    this.tell("saving");
    this.pump();
  }

  get isClear() {
    return !this.ops.length && !this.isBusy;
  }

  // When all is answered, or after a while without an answer.
  async settled(most = SETTLE_MS) {
    for (let waited = 0; !this.isClear && waited < most; waited += 50) {
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  id(ref) {
    return this.ids[ref] ?? (ref?.startsWith("new:") ? undefined : ref);
  }

  // As many operations as can be named: one that changes a cue which the server has not numbered yet waits for it.
  #batch() {
    const fresh = new Set();
    const batch = [];
    for (const one of this.ops) {
      if (one.client !== this.ops[0].client) break;
      const refs = [...one.remove, ...one.put].map((cue) => cue.ref);
      if (refs.some((ref) => fresh.has(ref))) break;
      refs.filter((ref) => ref && this.id(ref) === undefined).forEach((ref) => fresh.add(ref));
      batch.push(one);
      if (batch.length === this.most) break;
    }
    return batch;
  }

  #named({ op, remove, put }) {
    const name = ({ ref, startMs, endMs, text }) => ({ id: this.id(ref), startMs, endMs, text });
    return { op, remove: remove.map(name), put: put.map(name) };
  }

  // An operation on a cue that never came to be, because the one that was to make it was not taken: a person decides.
  #orphans() {
    const isOrphan = ({ remove }) => remove.some(({ ref }) => this.id(ref) === undefined);
    while (this.ops.length && isOrphan(this.ops[0])) {
      const [op] = this.ops.splice(0, 1);
      this.#emit("result", { op, refs: [], result: { status: "conflict", why: "", theirs: [] } });
      this.keep();
    }
  }

  async pump() {
    if (!this.isBusy) this.#orphans();
    if (this.isBusy || !this.ops.length || this.isStopped) return;
    this.isBusy = true;
    this.sent += 1;
    clearTimeout(this.later);
    const batch = this.#batch();
    try {
      const ops = batch.map((one) => this.#named(one));
      const { results } = await ask("/api/edit", { client: batch[0].client, ops });
      this.most = MOST;
      this.#answered(batch, results);
      this.isBusy = false;
      if (this.ops.length) this.pump();
      else {
        this.tell("saved");
        this.poll();
      }
    } catch (error) {
      this.isBusy = false;
      this.#failed(error, batch);
    }
  }

  #answered(batch, results) {
    this.ops = this.ops.slice(batch.length);
    batch.forEach((op, at) => {
      const result = results[at];
      const refs = op.put.map((one) => one.ref);
      refs.forEach((ref, number) => {
        if (ref?.startsWith("new:") && result.ids?.[number]) this.ids[ref] = result.ids[number];
      });
      this.#emit("result", { op, result, refs });
    });
    this.keep();
  }

  #failed(error, batch) {
    const isRefused = error.status === 400 || error.status === 413;
    if (isRefused && batch.length > 1) {
      this.most = 1; // one of them is not right: the others are
      this.pump();
      return;
    }
    if (isRefused) {
      const why = [error.message, error.hint].filter(Boolean).join(" ");
      this.ops = this.ops.slice(batch.length);
      for (const op of batch) this.#emit("result", { op, refs: [], result: { status: "refused", why, theirs: [] } });
      this.keep();
      this.pump();
      return;
    }
    this.lost(error);
    this.later = setTimeout(() => this.pump(), AGAIN_MS);
  }

  lost(error) {
    this.isAway = true;
    if (error.status === 403) this.tell("shut");
    else if (error.status) this.tell("trouble", [error.message, error.hint].filter(Boolean).join(" "));
    else this.tell("away");
  }

  async poll() {
    if (this.isAsking || this.isStopped) return;
    this.isAsking = true;
    const { sent } = this;
    try {
      if (!this.isClear) return;
      const path = this.isAway ? "/api/document" : `/api/changes?since=${this.version}`;
      const found = await ask(path); // the whole where the server was started again: it counts from anew
      if (!this.isClear || sent !== this.sent) return;
      const wasAway = this.isAway;
      this.isAway = Boolean(found.reload);
      if (!found.reload) this.version = found.version;
      this.#emit(wasAway ? "anew" : "changes", found);
      if (wasAway || this.state !== "saved") this.tell("saved");
    } catch (error) {
      this.lost(error);
    } finally {
      this.isAsking = false;
    }
  }

  tell(state, message = "") {
    if (state === "saved" && (this.isTyping() || (this.isAway && this.ops.length))) return;
    this.state = state;
    this.message = message;
    this.#emit("state", { state, message, waiting: this.ops.length, isKept: this.store.isKept });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// Does `take(client, kept)` once for each window that is gone, now or later: a window holds a lock while it lives.
export function inherit(prefix, client, take) {
  const name = (one) => `${prefix}:${one}`;
  const locks = navigator.locks;
  if (!locks) return;
  locks.request(name(client), () => new Promise(() => {}));
  const waiting = new Set();
  const look = () => {
    for (const other of Store.others(prefix, client)) {
      if (waiting.has(other)) continue;
      waiting.add(other);
      locks.request(name(other), () => {
        const store = new Store(prefix, other);
        const kept = store.read();
        waiting.delete(other);
        if (kept.ops?.length || kept.conflicts?.length) take(other, kept);
        localStorage.removeItem(store.key);
      });
    }
  };
  look();
  addEventListener("storage", look);
}

// The waveform, with the cues on it, whose edges can be dragged.
// Rule: an edge snaps to where speech begins or ends, unless Alt is held, and never passes the cue beside it.

import WaveSurfer from "./wavesurfer.esm.js";
import Regions from "./wavesurfer.regions.esm.js";
import { byId } from "./element.js";
import { say } from "./words.js";

const SNAP_PIXELS = 9;
const SNAP_MS = 200; // never further than this, however far the view is zoomed out
const HEIGHT = 72; // px
const SHORTEST_MS = 100;

export class Waveform extends EventTarget {
  constructor(info, { cues, player }) {
    super();
    Object.assign(this, { info, cues, player, chosen: null, shown: new Map(), isDragging: false });
    this.edges = info.speech.flat().sort((one, other) => one - other);
    this.regions = Regions.create();
    const holder = byId("waveform");
    this.surfer = WaveSurfer.create({
      container: holder, height: HEIGHT, media: player.media, duration: info.durationMs / 1000,
      peaks: [info.peaks.max.length ? info.peaks.max : [0, 0]], minPxPerSec: 100, cursorWidth: 2, dragToSeek: false,
      autoScroll: true, autoCenter: false, cspNonce: info.styleNonce, plugins: [this.regions], ...this.#colours(),
    });
    // A browser guesses how long an MP3 is; the master's own length is known, and the peaks are of it.
    this.surfer.getDuration = () => info.durationMs / 1000;
    this.surfer.on("ready", () => this.renew());
    this.surfer.on("scroll", () => this.#later());
    this.surfer.on("zoom", () => this.#later());
    this.surfer.on("interaction", () => (player.cue = null));
    this.regions.on("region-clicked", (region) => this.#emit("pick", { ref: region.id }));
    this.regions.on("region-update", () => (this.isDragging = true));
    this.regions.on("region-updated", (region, side) => this.#dragged(region, side));
    addEventListener("keydown", (event) => (this.isFree = event.altKey));
    addEventListener("keyup", (event) => (this.isFree = event.altKey));
    addEventListener("pointermove", (event) => (this.isFree = event.altKey));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.colour());
    this.#describe();
  }

  #describe() {
    const scroll = this.surfer.getWrapper().parentElement;
    scroll.setAttribute("tabindex", "0");
    scroll.setAttribute("role", "img");
    scroll.setAttribute("aria-label", say("waveform"));
  }

  rename() {
    this.#describe();
  }

  #colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    this.tint = { plain: of("--region"), chosen: of("--region-chosen"), edge: of("--edge") };
    return { waveColor: of("--wave"), progressColor: of("--wave-past"), cursorColor: of("--alarm") };
  }

  colour() {
    this.surfer.setOptions(this.#colours());
    for (const [, region] of this.shown) region.remove();
    this.shown.clear();
    this.renew();
  }

  zoom(pixels) {
    this.surfer.zoom(pixels);
    this.#later();
  }

  // The chosen cue comes into view whole, with something before it.
  choose(ref) {
    this.chosen = ref;
    const cue = this.cues.get(ref);
    const width = this.surfer.getWidth();
    const pixels = this.surfer.getWrapper().clientWidth / this.info.durationMs;
    const [from, to] = [cue.startMs * pixels, cue.endMs * pixels];
    const left = this.surfer.getScroll();
    const isSeen = from >= left + width * 0.05 && Math.min(to, from + width * 0.9) <= left + width * 0.98;
    if (!isSeen) this.surfer.setScroll(Math.max(0, from - width * 0.2));
    this.renew();
  }

  #later() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.renew());
  }

  // The stretch in view, with as much again on both sides, ms.
  #view() {
    const width = this.surfer.getWrapper().clientWidth || 1;
    const perPixel = this.info.durationMs / width;
    const seen = this.surfer.getWidth() * perPixel;
    const from = this.surfer.getScroll() * perPixel;
    return [from - seen, from + 2 * seen];
  }

  // Draws the cues in view and no others: thousands of regions would make every scroll slow.
  renew() {
    if (this.isDragging || !this.surfer.getDuration()) return;
    const [from, to] = this.#view();
    const wanted = new Map();
    const first = Math.max(0, this.cues.at(from) - 1);
    for (let at = first; at < this.cues.list.length && this.cues.list[at].startMs < to; at += 1) {
      wanted.set(this.cues.list[at].ref, this.cues.list[at]);
    }
    for (const [ref, region] of this.shown) {
      if (wanted.has(ref)) continue;
      region.remove();
      this.shown.delete(ref);
    }
    for (const [ref, cue] of wanted) this.#draw(ref, cue);
  }

  #draw(ref, cue) {
    const color = ref === this.chosen ? this.tint.chosen : this.tint.plain;
    const wanted = { start: cue.startMs / 1000, end: cue.endMs / 1000, color };
    const known = this.shown.get(ref);
    if (!known) {
      const made = this.regions.addRegion({ id: ref, drag: false, resize: true, minLength: SHORTEST_MS / 1000, ...wanted });
      this.shown.set(ref, made);
      for (const handle of made.element?.querySelectorAll('[part*="region-handle"]') ?? []) {
        handle.style.borderColor = this.tint.edge;
      }
    } else if (known.start !== wanted.start || known.end !== wanted.end || known.color !== color) known.setOptions(wanted);
  }

  #dragged(region, side) {
    this.isDragging = false;
    const cue = this.cues.byRef.get(region.id);
    if (!cue || !side) return this.renew();
    const ms = Math.round((side === "start" ? region.start : region.end) * 1000);
    const to = this.bounded(cue, side, this.isFree ? ms : this.snapped(ms));
    this.#emit("drag", { ref: cue.ref, side, ms: to });
    const now = this.cues.get(cue.ref);
    region.setOptions({ start: now.startMs / 1000, end: now.endMs / 1000 });
    return this.renew();
  }

  snapped(ms) {
    const perPixel = this.info.durationMs / (this.surfer.getWrapper().clientWidth || 1);
    const reach = Math.min(SNAP_MS, SNAP_PIXELS * perPixel);
    let best = ms;
    for (const edge of this.edges) {
      if (Math.abs(edge - ms) <= reach && (best === ms || Math.abs(edge - ms) < Math.abs(best - ms))) best = edge;
    }
    return best;
  }

  // Where an edge may stand: within the file, a little time in the cue, not into the cue beside it.
  bounded(cue, side, ms) {
    const at = this.cues.indexOf(cue);
    if (side === "start") {
      const before = this.cues.list[at - 1];
      const least = before && before.endMs <= cue.startMs ? before.endMs : 0;
      return Math.min(Math.max(ms, least), cue.endMs - SHORTEST_MS);
    }
    const after = this.cues.list[at + 1];
    const most = after && after.startMs >= cue.endMs ? after.startMs : this.info.durationMs;
    return Math.max(Math.min(ms, most), cue.startMs + SHORTEST_MS);
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

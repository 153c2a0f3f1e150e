// The sound or the video: play, pause, one cue, a loop, slower.
// Rule: times are ms; what plays one cue stops at its end, or begins it again where it loops.

import { byId, make } from "./element.js";

export const RATES = [0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];
const EARLY_MS = 15; // a browser stops a little late

export class Player extends EventTarget {
  constructor(isVideo) {
    super();
    this.media = make(isVideo ? "video" : "audio", { preload: "metadata", src: "/media", playsinline: isVideo });
    byId("picture").append(this.media);
    byId("picture").hidden = !isVideo;
    this.cue = null; // the cue that plays alone
    this.isLooping = false;
    for (const name of ["play", "pause", "ended", "ratechange"]) {
      this.media.addEventListener(name, () => this.dispatchEvent(new Event("state")));
    }
    this.media.addEventListener("error", () => this.dispatchEvent(new Event("broken")));
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) this.media.addEventListener(name, () => this.#tick());
    this.media.addEventListener("play", () => this.#run());
    if (isVideo) this.media.addEventListener("click", () => this.toggle());
  }

  get now() {
    return Math.round(this.media.currentTime * 1000);
  }

  get isPlaying() {
    return !this.media.paused;
  }

  get rate() {
    return this.media.playbackRate;
  }

  set rate(value) {
    this.media.playbackRate = value;
  }

  step(by) {
    const at = RATES.findIndex((one) => one >= this.rate);
    this.rate = RATES[Math.min(RATES.length - 1, Math.max(0, at + by))];
  }

  seek(ms) {
    this.cue = null;
    this.media.currentTime = Math.max(0, ms) / 1000;
  }

  toggle() {
    if (this.isPlaying) this.media.pause();
    else {
      this.cue = this.isLooping ? this.cue : null;
      this.#play();
    }
  }

  // `find` gives the cue as it stands: its end may be dragged while it plays.
  playCue(find) {
    this.media.currentTime = find().startMs / 1000;
    this.cue = find;
    this.#play();
  }

  #play() {
    this.media.play().catch((error) => {
      if (error.name !== "AbortError") this.dispatchEvent(new Event("broken"));
    });
  }

  loop(isOn, find) {
    this.isLooping = isOn;
    if (isOn) this.playCue(find);
    else this.cue = null;
  }

  #run() {
    const frame = () => {
      this.#tick();
      if (this.isPlaying) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #tick() {
    const cue = this.cue?.();
    if (cue && this.isPlaying && this.media.currentTime * 1000 >= cue.endMs - EARLY_MS) {
      if (this.isLooping) this.media.currentTime = cue.startMs / 1000;
      else {
        this.cue = null;
        this.media.pause();
        this.media.currentTime = (cue.endMs - EARLY_MS) / 1000; // still in the cue: its row stays lit
      }
    }
    this.dispatchEvent(new Event("tick"));
  }
}

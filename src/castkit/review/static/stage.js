// The player's buttons, the lit cue, and the choice of cues shown.
// Rule: while a person writes, the table stays where it is; following goes on when the text is left.

import { byId, make } from "./element.js";
import { clock } from "./measures.js";
import { RATES } from "./player.js";
import { FILTERS } from "./table.js";
import { say } from "./words.js";

const COUNT_MS = 300;

export class Stage {
  constructor(page) {
    this.page = page;
    this.isFollowing = true;
    const { player } = page;
    this.ofCue = byId("stage").querySelectorAll("#split, #merge, #again, #loop, [data-nudge]"); // what needs a cue
    player.addEventListener("tick", () => this.tick());
    player.addEventListener("state", () => this.renew());
    player.addEventListener("broken", () => page.notices.brief(say("mediaFailed")));
    byId("rate").append(...RATES.map((rate) => make("option", { value: rate, text: `${rate}×` })));
    byId("rate").addEventListener("change", (event) => (player.rate = Number(event.target.value)));
    byId("zoom").addEventListener("input", (event) => page.waveform.zoom(Number(event.target.value)));
    byId("filter").addEventListener("change", (event) => this.filter(event.target.value));
    byId("whole").textContent = ` / ${clock(page.info.durationMs, 0)}`;
    this.tick();
    this.#options();
    const stage = byId("stage");
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--stage", `${stage.offsetHeight}px`);
    }).observe(stage);
  }

  #options() {
    const chosen = byId("filter").value || "all";
    byId("filter").replaceChildren(...Object.keys(FILTERS).map((name) => make("option", { value: name })));
    byId("filter").value = chosen;
    this.count();
  }

  filter(name) {
    this.page.table.filter(name);
    this.count();
  }

  count() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#counted(), COUNT_MS);
  }

  #counted() {
    const { table, cues } = this.page;
    const counts = table.counts();
    for (const option of byId("filter").options) {
      const text = `${say(`show:${option.value}`)} (${counts[option.value]})`;
      if (option.textContent !== text) option.textContent = text;
    }
    const shown = cues.list.filter((cue) => table.isShown(cue)).length;
    byId("count").textContent = say("count", { shown, all: cues.list.length });
  }

  renew() {
    const { player, cues, table } = this.page;
    const play = byId("play");
    play.textContent = player.isPlaying ? "❚❚" : "►";
    play.setAttribute("aria-label", say(player.isPlaying ? "pause" : "play"));
    play.title = say(player.isPlaying ? "pause" : "play");
    byId("rate").value = String(player.rate);
    byId("loop").setAttribute("aria-pressed", player.isLooping);
    byId("follow").setAttribute("aria-pressed", this.isFollowing);
    byId("undo").disabled = !cues.done.length && !cues.typed.size;
    byId("redo").disabled = !cues.undone.length;
    const isChosen = Boolean(cues.get(table.chosen));
    for (const one of this.ofCue) one.disabled = !isChosen;
    this.count();
  }

  rename() {
    this.#options();
    byId("speech").textContent = say("otherLanguage");
    byId("speech").lang = document.documentElement.lang === "en" ? "zh-Hans" : "en";
    this.renew();
  }

  tick() {
    const { player, cues, table } = this.page;
    const text = clock(player.now);
    if (byId("now").textContent !== text) byId("now").textContent = text;
    const cue = cues.list[cues.at(player.now)];
    const ref = cue && cue.endMs > player.now ? cue.ref : null;
    table.light(ref);
    if (!ref || ref === this.shown) return;
    const isWriting = document.activeElement?.matches("textarea, input:not([type=range]), dialog *");
    if (!this.isFollowing || !player.isPlaying || isWriting) return;
    this.shown = ref;
    table.reveal(ref);
  }
}

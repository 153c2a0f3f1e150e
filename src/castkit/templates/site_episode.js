// The transcript that follows the sound: seek, light, search, links to a moment. All words are in the page already.
(() => {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector, within = document) => within.querySelector(selector);
  const media = one("#media");
  const rows = one(".rows");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- moments ----
  const wanted = (hash) => {
    const found = /^#t=(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)/.exec(hash);
    return found ? (Number(found[1] || 0) * 60 + Number(found[2] || 0)) * 60 + Number(found[3]) : null;
  };
  const short = (seconds) => String(Math.round(seconds * 1000) / 1000);
  const seek = (seconds) => {
    media.currentTime = seconds;
    if (media.readyState > 0) return;
    // Some browsers forget a time that was set before they know the length.
    media.addEventListener("loadedmetadata", () => {
      if (Math.abs(media.currentTime - seconds) > 0.5) media.currentTime = seconds;
    }, { once: true });
  };
  const play = () => { const begun = media.play(); if (begun) begun.catch(() => {}); };
  const listen = (seconds) => {
    seek(seconds);
    play();
    try { history.replaceState(null, "", `#t=${short(seconds)}`); } catch { /* some browsers refuse it in a folder */ }
    follows = true;
    light(seconds);
  };

  // ---- the cue being spoken ----
  const said = rows ? all(".said", rows) : [];
  const tracks = new Map(); // by language: cues in order of time
  for (const paragraph of said) {
    const cues = tracks.get(paragraph.lang) || tracks.set(paragraph.lang, []).get(paragraph.lang);
    for (const node of all("span[data-from]", paragraph)) {
      cues.push({ from: Number(node.dataset.from), to: Number(node.dataset.to), node });
    }
  }
  for (const cues of tracks.values()) cues.sort((a, b) => a.from - b.from);
  const chapters = all(".chapters .jump").map((node) => ({ from: wanted(node.hash), item: node.closest("li") }));
  const LINGERS = 4; // seconds that the last cue stays lit in a silence
  const AHEAD = 1; // seconds before which the next one is lit there: chapters begin a little before their first word
  const lastBefore = (list, seconds) => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].from <= seconds + 0.001) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  let lit = [];
  let follows = true;
  const lead = () => lit.find((node) => !node.parentNode.hidden) || lit[0];
  const light = (seconds) => {
    const found = [];
    for (const cues of tracks.values()) {
      const at = lastBefore(cues, seconds);
      const [cue, next] = [cues[at], cues[at + 1]];
      const isOver = !cue || seconds >= cue.to;
      if (isOver && next && next.from - seconds < AHEAD) found.push(next.node);
      else if (cue && seconds < cue.to + LINGERS) found.push(cue.node);
    }
    const at = lastBefore(chapters, seconds);
    chapters.forEach((chapter, number) => chapter.item.classList.toggle("now", number === at));
    if (found.length === lit.length && found.every((node, number) => node === lit[number])) return;
    for (const node of lit) { node.classList.remove("lit"); node.closest(".row").classList.remove("now"); }
    for (const node of found) { node.classList.add("lit"); node.closest(".row").classList.add("now"); }
    lit = found;
    if (follows && lit.length) show(lead());
    tell();
  };

  // ---- the panel: scrolled along, unless the reader scrolled away ----
  const isSeen = (node) => {
    const box = node.getBoundingClientRect();
    const frame = rows.getBoundingClientRect();
    return box.bottom > frame.top + 8 && box.top < frame.bottom - 8;
  };
  const show = (node) => {
    const box = node.getBoundingClientRect();
    const frame = rows.getBoundingClientRect();
    if (box.top >= frame.top + 32 && box.bottom <= frame.bottom - 64) return;
    const top = box.top - frame.top - frame.height / 3;
    rows.scrollBy({ top, behavior: still.matches || Math.abs(top) > 3 * frame.height ? "auto" : "smooth" });
  };
  const back = one("button.now");
  const tell = () => { if (back) back.hidden = follows || !lit.length; };
  let byHand = -Infinity;
  const watch = () => {
    const hand = () => { byHand = performance.now(); };
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      rows.addEventListener(kind, hand, { passive: true });
    }
    rows.addEventListener("scroll", () => {
      if (performance.now() - byHand > 1500 || !lit.length) return;
      follows = isSeen(lead());
      tell();
    }, { passive: true });
    back.addEventListener("click", () => { follows = true; byHand = -Infinity; show(lead()); tell(); });
  };

  // ---- links to a moment ----
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea"); // an in-app browser may refuse; the old way still works there
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };
  const address = (seconds) => {
    const page = location.protocol === "file:" ? one("link[rel=canonical]").href : location.href;
    return `${page.split("#")[0]}#t=${short(seconds)}`;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", "M6.5 9.5l3-3M7 4.5l1.2-1.2a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.2 1.2a3.2 3.2 0 0 1-4.5-4.5L4.5 7");
  for (const [name, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "1.5"], ["stroke-linecap", "round"]]) {
    line.setAttribute(name, value);
  }
  icon.append(line);
  const addLinks = () => {
    for (const link of all(".when a", rows)) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = rows.dataset.link;
      button.setAttribute("aria-label", `${rows.dataset.link} (${link.textContent})`);
      button.append(icon.cloneNode(true));
      link.after(button);
    }
  };
  const copy = async (button) => {
    const row = button.closest(".row");
    const spoken = lit.find((node) => row.contains(node)); // the sentence being heard, else where the paragraph begins
    const seconds = spoken ? Number(spoken.dataset.from) : wanted(one(".when a", row).hash);
    await copied(address(seconds));
    one(".told").textContent = "";
    one(".told").textContent = rows.dataset.copied;
    button.title = rows.dataset.copied;
    button.classList.add("done");
    setTimeout(() => { button.title = rows.dataset.link; button.classList.remove("done"); }, 3000);
  };

  // ---- one stop for the tabulator in the whole list; arrows lead on ----
  const stops = rows ? all(".when", rows) : [];
  const stopAt = (chosen) => {
    for (const stop of stops) {
      for (const node of stop.children) node.tabIndex = stop === chosen ? 0 : -1;
    }
  };
  const step = (by) => {
    const cues = Array.from(tracks.values()).find((list) => !list[0].node.parentNode.hidden) || [];
    const cue = cues[Math.max(0, Math.min(cues.length - 1, lastBefore(cues, media.currentTime) + by))];
    if (cue) listen(cue.from);
  };
  const onKey = (event) => {
    const stop = event.target.closest(".when");
    if (!stop || event.altKey || event.ctrlKey || event.metaKey) return;
    const lines = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const cues = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!lines && !cues) return;
    event.preventDefault();
    if (cues) { step(cues); return; }
    const next = stops[stops.indexOf(stop) + lines];
    if (!next) return;
    stopAt(next);
    next.firstElementChild.focus({ preventScroll: true });
    show(next);
  };

  // ---- which languages are shown ----
  const buttons = all(".views button");
  const NAME = "castkit.transcript";
  const kept = () => { try { return localStorage.getItem(NAME); } catch { return null; } };
  const keep = (view) => { try { localStorage.setItem(NAME, view); } catch { /* a private window, or a folder */ } };
  const view = (tag) => {
    const top = rows.getBoundingClientRect().top;
    const held = all(".row", rows).find((row) => row.getBoundingClientRect().bottom > top + 8);
    const before = held ? held.getBoundingClientRect().top : 0;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === tag));
    for (const paragraph of said) paragraph.hidden = Boolean(tag) && paragraph.lang !== tag;
    for (const origin of all(".origin")) origin.hidden = Boolean(tag) && origin.dataset.track !== tag;
    rows.classList.toggle("one", Boolean(tag));
    if (held) rows.scrollTop += held.getBoundingClientRect().top - before;
    speak(tag || document.documentElement.lang);
    look();
  };
  const speak = (tag) => {
    const captions = Array.from(media.textTracks || []);
    const found = captions.find((track) => track.language === tag);
    if (!found || !captions.some((track) => track.mode === "showing")) return;
    for (const track of captions) track.mode = track === found ? "showing" : "disabled";
  };

  // ---- search ----
  const field = one("#find");
  const count = one(".count");
  let hits = []; // each a list of marks
  let chosen = -1;
  const lower = (text) => { const made = text.toLowerCase(); return made.length === text.length ? made : text; };
  const clear = () => {
    for (const mark of all("mark", rows)) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    hits = [];
    chosen = -1;
  };
  const textOf = (paragraph, isTight) => {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const places = [];
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      lower(node.data.replace(/\s/g, " ")).split("").forEach((letter, at) => {
        if (isTight && letter === " ") return;
        text += letter;
        places.push([node, at]);
      });
    }
    return { text, places };
  };
  const wrap = (cuts) => {
    for (const { node, from, to, hit } of cuts.reverse()) { // from the end, so that the places before stay true
      const mark = document.createElement("mark");
      const part = node.splitText(from);
      part.splitText(to - from);
      part.replaceWith(mark);
      mark.append(part);
      hit.unshift(mark);
    }
  };
  const search = (paragraph, query, isTight) => {
    const { text, places } = textOf(paragraph, isTight);
    const cuts = [];
    for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
      const hit = [];
      hits.push(hit);
      for (let next = at; next < at + query.length; next += 1) {
        const [node, offset] = places[next];
        const last = cuts[cuts.length - 1];
        if (last && last.hit === hit && last.node === node && last.to === offset) last.to += 1;
        else cuts.push({ node, from: offset, to: offset + 1, hit });
      }
    }
    wrap(cuts);
  };
  const choose = (number) => {
    for (const mark of hits[chosen] || []) mark.classList.remove("here");
    chosen = number;
    for (const mark of hits[chosen] || []) mark.classList.add("here");
    if (hits[chosen]) { byHand = performance.now(); show(hits[chosen][0]); }
    const values = { n: chosen + 1, all: hits.length };
    const text = hits.length ? count.dataset.found.replace(/\{(\w+)\}/g, (_, name) => values[name]) : count.dataset.none;
    count.textContent = field.value.trim() ? text : "";
    for (const button of all(".find button")) button.disabled = hits.length < 2;
  };
  const look = () => {
    clear();
    const typed = lower(field.value.trim().replace(/\s+/g, " "));
    const isTight = /[\u3040-\u30ff\u3400-\u9fff]/.test(typed); // no blanks between words, so none between cues
    const query = isTight ? typed.replace(/ /g, "") : typed;
    if (query) for (const paragraph of said) if (!paragraph.hidden) search(paragraph, query, isTight);
    choose(hits.length ? 0 : -1);
  };
  const move = (by) => { if (hits.length) choose((chosen + by + hits.length) % hits.length); };
  const onField = (event) => {
    if (event.key === "Enter") { event.preventDefault(); move(event.shiftKey ? -1 : 1); }
    if (event.key === "Escape") { field.value = ""; look(); }
  };

  // ---- subtitles of a page opened from a folder, where a browser reads no track file ----
  const caption = () => {
    const files = all("track", media);
    for (const file of files) {
      const track = media.addTextTrack(file.kind, file.label, file.srclang);
      for (const cue of tracks.get(file.srclang) || []) {
        track.addCue(new VTTCue(cue.from, cue.to, cue.node.textContent.replace(/&/g, "&amp;").replace(/</g, "&lt;")));
      }
      track.mode = file.default ? "showing" : "disabled";
      file.remove();
    }
  };

  // ---- setting up ----
  const open = () => {
    const seconds = wanted(location.hash);
    if (seconds === null) return;
    seek(seconds);
    follows = true;
    light(seconds);
    one("#listen").scrollIntoView({ block: "start" });
  };
  if (location.protocol === "file:") caption();
  if (rows) {
    rows.classList.add("live");
    for (const place of all('[id^="t="]', rows)) place.removeAttribute("id"); // else the browser scrolls there after us
    addLinks();
    watch();
    if (stops.length) stopAt(stops[0]);
    for (const part of all(".views, .find, .hint")) part.hidden = false;
    let pending = 0;
    field.addEventListener("input", () => { clearTimeout(pending); pending = setTimeout(look, 120); });
    field.addEventListener("keydown", onField);
    one(".find .next").addEventListener("click", () => move(1));
    one(".find .previous").addEventListener("click", () => move(-1));
    for (const button of buttons) {
      button.addEventListener("click", () => { view(button.dataset.view); keep(button.dataset.view); });
    }
    if (kept() && tracks.has(kept()) && buttons.length) view(kept());
    rows.addEventListener("keydown", onKey);
    rows.addEventListener("focusin", (event) => { const stop = event.target.closest(".when"); if (stop) stopAt(stop); });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest(".when button");
      if (button) { copy(button); return; }
      const cue = event.target.closest("span[data-from]");
      if (cue && getSelection().isCollapsed) listen(Number(cue.dataset.from));
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#t="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    listen(wanted(link.hash));
  });
  for (const link of all(".languages a")) {
    link.addEventListener("click", () => { if (media.currentTime > 0) link.hash = `t=${short(media.currentTime)}`; });
  }
  if ("mediaSession" in navigator) { // what a phone shows on its lock screen
    const text = (selector) => one(selector).textContent.trim();
    const [title, album] = [text("h1"), text(".site-title")];
    navigator.mediaSession.metadata = new MediaMetadata({ title, album, artist: one("meta[name=author]").content });
  }
  for (const kind of ["timeupdate", "seeking", "play"]) {
    media.addEventListener(kind, () => { if (media.currentTime > 0 || !media.paused) light(media.currentTime); });
  }
  addEventListener("hashchange", open);
  addEventListener("load", () => { if (media.paused) open(); });
  open();
})();

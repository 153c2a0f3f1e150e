"use strict";
(() => {
  // Every text here is data: it is put on the page as text, never as markup. Times are in milliseconds.
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const { limits } = data;
  const measure = measuring(limits, data.wide);
  const cuesOf = (rows) => rows.map(([start, end, text]) => ({ start, end, text }));
  const source = cuesOf(data.source), given = cuesOf(data.cues);
  const hasSource = source.length > 0;
  const media = byId("media");
  const LARGEST = 10_000_000, MOST_REMARKS = 30, JUST_INSIDE_S = 0.002;

  let tongue = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  try { tongue = localStorage.getItem("castkit-tongue") || tongue; } catch { /* a browser may keep nothing for files */ }
  if (!data.texts[tongue]) tongue = "en";
  const say = (key, values = {}) => data.texts[tongue][key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

  const make = (name, className, text, children = []) => {
    const one = document.createElement(name);
    if (className) one.className = className;
    if (text !== undefined) one.textContent = text;
    one.append(...children);
    return one;
  };
  const inLanguage = (element, tag) => { element.lang = tag; element.dir = "auto"; return element; };
  const clock = (ms) => {
    const two = (number) => String(number).padStart(2, "0");
    const tenths = Math.floor(ms / 100), all = Math.floor(tenths / 10), hours = Math.floor(all / 3600);
    return `${hours ? `${hours}:` : ""}${two(Math.floor(all / 60) % 60)}:${two(all % 60)}.${tenths % 10}`;
  };

  // What is shown: the file as it was handed out, or the translator's own.
  const handedOut = { name: data.file, cues: given, remarks: [], isOwn: false };
  let shown = handedOut;
  let rows = [];
  let [current, repeated] = [-1, -1];

  const build = () => {
    const known = new Set(given.map((cue) => `${cue.start} ${cue.end} ${cue.text}`));
    let above = null;
    rows = measure.paired(shown.cues, source).map((row, number) => {
      const found = { ...row, number: number + 1, problems: measure.problems(row, hasSource ? row.source : "", above) };
      found.isChanged = shown.isOwn && row.text !== "" && !known.has(`${row.start} ${row.end} ${row.text}`);
      above = row.text ? row : above;
      return found;
    });
    [current, repeated] = [-1, -1];
  };

  const figuresOf = (row) => {
    const { speed, width, ms } = measure.figures(row);
    return say("figures", { speed: `${speed.toFixed(1)}/${limits.speed}`, width: `${width}/${limits.width}`, seconds: (ms / 1000).toFixed(1) });
  };
  const drawRow = (row, index) => {
    const button = make("button", "", `▶ ${clock(row.start)}`);
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("aria-label", say("playFrom", { time: clock(row.start) }));
    const at = make("div", "at", undefined, [button, " ", make("span", "soft", String(row.number))]);
    const cells = [at];
    if (hasSource) {
      const words = inLanguage(make("p", "", row.source), data.sourceLanguage);
      cells.push(make("div", "source", undefined, [row.source ? words : make("p", "none", say(row.isShared ? "sharedSource" : "noSource"))]));
    }
    const target = make("div", "target");
    target.append(row.text ? inLanguage(make("p", "", row.text), data.language) : make("p", "none", say("none")));
    if (row.text) {
      const figures = make("p", "figures", figuresOf(row));
      if (row.isChanged) figures.append(" · ", make("span", "changed", say("changed")));
      target.append(figures);
    }
    const problems = row.problems.filter((one) => one.code !== "empty").map((one) => make("li", "", say(`problem.${one.code}`, one)));
    if (problems.length) target.append(make("ul", "problems", undefined, problems));
    cells.push(target);
    cells.forEach((cell) => cell.setAttribute("role", "cell"));
    const element = make("div", "cue", undefined, cells);
    element.setAttribute("role", "row");
    element.dataset.index = String(index);
    return element;
  };
  const drawTable = () => {
    const table = byId("table");
    const heads = ["time", ...(hasSource ? ["source"] : [])].map((key) => make("div", "", say(key)));
    heads.push(make("div", "", shown.name));
    heads.forEach((cell) => cell.setAttribute("role", "columnheader"));
    const head = make("div", "head", undefined, heads);
    head.setAttribute("role", "row");
    const drawn = rows.map(drawRow);
    rows.forEach((row, index) => { row.element = drawn[index]; });
    table.classList.toggle("single", !hasSource);
    table.replaceChildren(head, ...drawn);
    filter();
    if (rows.length) buttonOf(Math.max(current, 0)).tabIndex = 0;
  };
  const filter = () => {
    const isOnly = byId("only").checked;
    let count = 0;
    rows.forEach((row) => {
      row.element.hidden = isOnly && !row.problems.length;
      count += row.element.hidden ? 0 : 1;
    });
    byId("count").textContent = say("count", { shown: count, all: rows.length });
  };
  const buttonOf = (index) => rows[index].element.querySelector("button");

  const drawTold = () => {
    const { name, remarks, isOwn } = shown;
    const changed = rows.filter((row) => row.isChanged).length;
    const told = [say(isOwn ? "loaded" : "handedOut", { file: name, count: shown.cues.length, changed })];
    if (isOwn) told.push(remarks.length ? say("notRead", { count: remarks.length }) : say("allRead"));
    if (shown.encoding) told.push(say("encoding", { encoding: shown.encoding }));
    if (shown.sourceLines) told.push(say("sourceLines", { count: shown.sourceLines }));
    if (shown.isGarbled) told.push(say("garbled"));
    if (shown.hasMarkup) told.push(say("markup"));
    if (shown.isOneOf) told.push(say("oneFile", { file: name }));
    byId("shown").textContent = told.join(" ");
    const items = remarks.slice(0, MOST_REMARKS).map((one) => {
      const item = make("li", "", say("line", { line: one.line, what: say(one.what) }));
      if (one.text) item.append(` (${one.what === "badOrder" || one.what === "badTimes" || one.what === "noTimes" ? say("leftOut") : ""}`, inLanguage(make("q", "", one.text.slice(0, 300)), data.language), ")");
      return item;
    });
    if (remarks.length > MOST_REMARKS) items.push(make("li", "", say("moreRemarks", { count: remarks.length - MOST_REMARKS })));
    byId("remarks").replaceChildren(...items);
    byId("back").hidden = !isOwn;
  };
  const refuse = (what, file) => {
    byId("shown").textContent = say(what, { file });
    byId("remarks").replaceChildren();
    byId("back").hidden = !shown.isOwn;
  };

  const show = (found) => {
    shown = found;
    build();
    drawTable();
    drawTold();
    light();
  };
  const open = async (file, isOneOf = false) => {
    if (file.size > LARGEST) return refuse("tooLarge", file.name);
    let bytes;
    try { bytes = new Uint8Array(await file.arrayBuffer()); } catch { return refuse("unreadable", file.name); }
    const { text, kind, encoding } = decodeSubtitles(bytes, data.language);
    if (kind || /^\s*(?:\[script info\]|<\?xml|<tt\b|<xliff)/i.test(text.replace(/\ufeff/g, ""))) return refuse("otherKind", file.name);
    const read = readSubtitles(text);
    if (!read.cues.length && !read.remarks.some((one) => one.what !== "noTimes")) return refuse("noCues", file.name);
    const alone = hasSource ? measure.withoutSource(read.cues, source) : { cues: read.cues, count: 0 };
    return show({ ...read, name: file.name, cues: alone.cues, sourceLines: alone.count, encoding, isOneOf, isOwn: true });
  };

  // The sound leads: whatever it stands at is lit.
  const at = () => media.currentTime * 1000;
  const lastStarted = (ms) => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].start <= ms) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const spoken = (ms) => {
    const last = lastStarted(ms);
    for (let index = last; index >= 0 && index > last - 4; index -= 1) if (ms < rows[index].end) return index;
    return -1;
  };
  const light = () => {
    const ms = at();
    if (byId("repeat").checked && repeated >= 0 && !media.seeking && (ms >= rows[repeated].end || ms < rows[repeated].start - 300)) {
      seek(repeated);
      return;
    }
    const index = spoken(ms);
    const caption = index >= 0 ? rows[index].text : "";
    if (byId("caption").textContent !== caption) byId("caption").textContent = caption;
    if (index === current) return;
    if (current >= 0) {
      rows[current].element.classList.remove("now");
      rows[current].element.removeAttribute("aria-current");
    }
    current = index;
    if (index < 0) return;
    const { element } = rows[index];
    element.classList.add("now");
    element.setAttribute("aria-current", "true");
    byId("table").querySelectorAll('button[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    buttonOf(index).tabIndex = 0;
    if (byId("follow").checked && !element.hidden) keepInView(element);
  };
  // Rows out of view are as high as the browser guesses, so that one step may not lead all the way.
  const keepInView = (element, tries = 4) => {
    const isWide = getComputedStyle(byId("cues")).overflowY === "auto";
    const isSticky = getComputedStyle(byId("stage")).position === "sticky";  // not on low screens
    const above = isSticky ? byId("stage").getBoundingClientRect().bottom : 0;
    const top = isWide ? byId("cues").getBoundingClientRect().top + 60 : above;
    const box = element.getBoundingClientRect();
    if (box.top >= top && box.bottom <= innerHeight - 24) return;
    const by = box.top - top - Math.max(0, (innerHeight - top) / 4);
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches || Math.abs(by) > 2 * innerHeight ? "instant" : "smooth";
    (isWide ? byId("cues") : window).scrollBy({ top: by, behavior });
    if (tries > 1) setTimeout(() => { if (element.classList.contains("now")) keepInView(element, tries - 1); }, behavior === "smooth" ? 500 : 30);
  };
  const seek = (index) => {
    repeated = byId("repeat").checked ? index : -1;
    media.currentTime = rows[index].start / 1000 + JUST_INSIDE_S;
    light();
  };
  const play = () => { media.play().catch(() => {}); };
  const toggle = () => { if (media.paused) play(); else media.pause(); };
  const step = (by) => {
    const from = current >= 0 ? current : lastStarted(at()) + (by < 0 ? 1 : 0);
    let index = from + by;
    while (rows[index] && rows[index].element.hidden) index += by;
    if (!rows[index]) return;
    seek(index);
    const isHeld = document.activeElement && document.activeElement.closest(".cue");  // never while it only plays
    if (isHeld) buttonOf(index).focus({ preventScroll: true });
  };
  const tick = () => {
    light();
    if (!media.paused) requestAnimationFrame(tick);
  };

  media.addEventListener("play", tick);
  ["timeupdate", "seeked", "pause"].forEach((event) => media.addEventListener(event, light));
  ["play", "pause", "ended"].forEach((event) => media.addEventListener(event, () => {
    byId("play").textContent = say(media.paused ? "play" : "pause");
  }));
  const lost = () => {
    byId("missing").textContent = say("missing", { file: data.media });
    byId("missing").hidden = false;
  };
  media.addEventListener("error", lost);
  byId("play").addEventListener("click", toggle);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("speed").addEventListener("change", (event) => { media.playbackRate = Number(event.target.value); });
  byId("repeat").addEventListener("change", () => { repeated = byId("repeat").checked ? Math.max(current, lastStarted(at()), 0) : -1; });
  byId("only").addEventListener("change", filter);
  byId("table").addEventListener("click", (event) => {
    const element = event.target.closest(".cue");
    if (!element || String(getSelection())) return;
    const index = Number(element.dataset.index);
    const isButton = event.target.closest("button");
    if (isButton && index === current && !media.paused) { media.pause(); return; }
    seek(index);
    if (isButton) play();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isIn = (kinds) => Boolean(event.target.closest && event.target.closest(kinds));
    const moves = { ArrowUp: () => step(-1), ArrowDown: () => step(1), ArrowLeft: () => { media.currentTime -= 2; }, ArrowRight: () => { media.currentTime += 2; } };
    if (event.key === " " && !isIn("button, input, select, summary, a, audio, video")) toggle();
    else if (moves[event.key] && !event.shiftKey && !isIn("select, audio, video")) moves[event.key]();
    else return;
    event.preventDefault();
  });

  byId("pick").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";  // so that the same file can be opened again after the next save
    if (file) open(file);
  });
  byId("back").addEventListener("click", () => { show(handedOut); byId("pick").focus(); });
  const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.documentElement.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.documentElement.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.documentElement.classList.remove("dropping");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    const { files } = event.dataTransfer;
    if (files.length) open(files[0], files.length > 1);
  });

  // Everything that is worded, again in the language chosen.
  const list = (id, texts) => byId(id).replaceChildren(...texts.filter(Boolean).map((one) => (typeof one === "string" ? make("li", "", one) : one)));
  const drawTerms = () => {
    byId("terms-count").textContent = `(${data.terms.length})`;
    byId("no-terms").hidden = data.terms.length > 0;
    byId("terms").replaceChildren(...data.terms.flatMap(([word, agreed, forms, note]) => {
      const name = make("dt", "", undefined, [inLanguage(make("span", "", word), data.sourceLanguage || data.language)]);
      if (agreed !== word) name.append(" → ", inLanguage(make("span", "", agreed), data.language));
      const more = [forms && say("also", { forms }), note].filter(Boolean).map((one) => make("dd", "", one));
      return [name, ...more];
    }));
    byId("before-box").hidden = !data.before.length;
    byId("before-count").textContent = `(${data.before.length})`;
    byId("before").replaceChildren(...data.before.map(({ at: ms, text, translation, like, score, origin }) => {
      const words = [inLanguage(make("q", "", text), data.sourceLanguage), " → ", inLanguage(make("q", "", translation), data.language)];
      return make("li", "", `${clock(ms)} `, [...words, ` (${like ? `${say("like", { text: like, score })}; ` : ""}${origin})`]);
    }));
  };
  const draw = () => {
    const [name, from] = [data.names[tongue].language, data.names[tongue].source];
    document.documentElement.lang = tongue === "zh" ? "zh-Hans" : "en";
    document.querySelectorAll("[data-text]").forEach((one) => { one.textContent = say(one.dataset.text); });
    document.querySelectorAll("[data-label]").forEach((one) => { one.setAttribute("aria-label", say(one.dataset.label)); });
    document.querySelectorAll("[data-tongue]").forEach((one) => { one.setAttribute("aria-pressed", String(one.dataset.tongue === tongue)); });
    media.setAttribute("aria-label", say("stage"));
    byId("way").textContent = from ? say("way", { source: from, language: name }) : name;
    byId("play").textContent = say(media.paused ? "play" : "pause");
    if (!byId("missing").hidden) lost();
    list("steps", [say("step1", { file: data.file }), say("step2"), say("step3"), say("step4")]);
    byId("about-more").replaceChildren(...[
      say("stands", { stand: say(`stand.${data.stand}`) }),
      data.isBilingual && say("bothLanguages", { language: name }),
      data.sourceFile && say("sourceFile", { file: data.sourceFile }),
    ].filter(Boolean).map((one) => make("p", "", one)));
    const time = (ms) => String(Math.round(ms / 10) / 100);
    list("limits", [
      say("limit.line", limits), limits.isWide && say("limit.wide"), say("limit.speed", limits),
      say("limit.time", { shortest: time(limits.shortest), longest: time(limits.longest), gap: limits.gap }),
    ]);
    drawTerms();
    byId("keys").replaceChildren(...[[[say("key.space.name")], "key.space"], [["↑", "↓"], "key.updown"], [["←", "→"], "key.sides"]].flatMap(([keys, what]) => [
      make("dt", "", undefined, keys.flatMap((key) => [make("kbd", "", key), " "])), make("dd", "", say(what)),
    ]));
    const was = current;
    current = -1;
    drawTable();
    drawTold();
    if (was >= 0) light();
  };
  document.querySelectorAll("[data-tongue]").forEach((one) => one.addEventListener("click", () => {
    tongue = one.dataset.tongue;
    try { localStorage.setItem("castkit-tongue", tongue); } catch { /* then it is asked for again */ }
    draw();
  }));

  byId("title").textContent = data.title;
  byId("show").textContent = data.show;
  byId("title").lang = byId("show").lang = data.titleLanguage;
  build();
  draw();
  if (media.error) lost();
})();

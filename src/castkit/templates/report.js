
"use strict";
(() => {
  // Every time here is in milliseconds: `at` on the master's clock, `x` on the axis of the pictures.
  const main = document.querySelector("main");
  const { lead, span, length, pieces } = JSON.parse(main.dataset.axis);
  const [START, END, AT] = [0, 1, 2];
  const last = pieces[pieces.length - 1];

  const toMaster = (x) => {
    const ms = x - lead;
    const piece = pieces.find((one) => ms < one[END]) || last;
    const from = piece === pieces[0] ? ms - piece[START] : Math.max(0, ms - piece[START]);
    return Math.min(Math.max(piece[AT] + from, 0), length);
  };
  const toAxis = (at) => {
    const piece = pieces.filter((one) => one[AT] <= at).pop() || pieces[0];
    const ms = piece[START] + at - piece[AT];
    return lead + (piece === last ? ms : Math.min(ms, piece[END]));
  };
  const clock = (ms) => {
    const seconds = Math.floor(ms / 1000);
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    return (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  };

  // A deck plays one passage or the whole, before or after; changing over keeps the moment.
  const decks = [...document.querySelectorAll(".deck")].map((box) => {
    const sounds = new Map();
    box.querySelectorAll("[data-sound]").forEach((one) => sounds.set(one.dataset.sound, one));
    const audio = (which) => sounds.get(which).querySelector("audio");
    const start = Number(box.dataset.start || 0);
    const isWhole = box.classList.contains("whole");
    let shown = sounds.has("after") ? "after" : "before";
    const isRaw = () => isWhole && shown === "before";
    const now = () => {
      const ms = audio(shown).currentTime * 1000;
      return isRaw() ? toMaster(ms + lead) : ms + start;
    };
    const seek = (at) => {
      const ms = isRaw() ? toAxis(at) - lead : at - start;
      audio(shown).currentTime = Math.max(0, ms) / 1000;
    };
    const play = () => audio(shown).play().catch(() => {});
    const show = () => {
      sounds.forEach((one, which) => { one.hidden = which !== shown; });
      box.querySelectorAll("[data-hear]").forEach((one) => one.setAttribute("aria-pressed", one.dataset.hear === shown));
    };
    const change = (which) => {
      if (which === shown) return;
      const at = now();
      const wasPlaying = !audio(shown).paused;
      audio(shown).pause();
      shown = which;
      show();
      seek(at);
      if (wasPlaying) play();
    };
    box.querySelectorAll("[data-hear]").forEach((one) => one.addEventListener("click", () => change(one.dataset.hear)));
    box.querySelectorAll(".choice").forEach((one) => { one.hidden = false; });
    box.classList.toggle("both", sounds.size > 1);
    sounds.forEach((_, which) => {
      audio(which).addEventListener("timeupdate", () => {
        if (which !== shown) return;
        document.documentElement.style.setProperty("--at", String((toAxis(now()) / span) * 100));
        document.documentElement.classList.add("playing");
      });
      audio(which).addEventListener("error", () => {
        box.querySelectorAll(".missing").forEach((one) => { one.hidden = false; });
      });
    });
    show();
    return { isWhole, seek, play };
  });
  document.addEventListener("play", (event) => {
    document.querySelectorAll("audio").forEach((one) => { if (one !== event.target) one.pause(); });
  }, true);

  const whole = decks.find((one) => one.isWhole);
  const hear = (at) => { whole.seek(at); whole.play(); };
  if (whole) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-at]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      hear(Number(link.dataset.at));
    });
  }

  const readout = document.createElement("div");
  readout.className = "readout";
  document.querySelectorAll(".plot").forEach((plot) => {
    const share = (event) => {
      const box = plot.getBoundingClientRect();
      return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    };
    plot.addEventListener("pointermove", (event) => {
      const at = share(event);
      readout.textContent = clock(toMaster(at * span));
      readout.classList.toggle("left", at > 0.8);
      readout.style.left = at > 0.8 ? "auto" : at * 100 + "%";
      readout.style.right = at > 0.8 ? (1 - at) * 100 + "%" : "auto";
      plot.append(readout);
    });
    plot.addEventListener("pointerleave", () => readout.remove());
    if (whole) plot.addEventListener("click", (event) => hear(toMaster(share(event) * span)));
  });
  document.documentElement.classList.add("js");
})();

"use strict";
// Widths, reading speed, and the source beside the translation, counted as castkit counts them itself.

const measuring = (limits, wide) => {
  const isWide = (char) => {
    const code = char.codePointAt(0);
    let [low, high] = [0, wide.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (wide[middle][1] < code) low = middle + 1; else high = middle;
    }
    return low < wide.length && wide[low][0] <= code;
  };
  // What is drawn onto the character before it (marks, joiners, the rest of an emoji) takes no room.
  const MARK = /[\p{Mn}\p{Me}\p{Cf}]/u;
  const width = (text) => {
    let [sum, before, flags] = [0, "", 0];
    for (const char of text) {
      const code = char.codePointAt(0);
      const isFlag = code >= 0x1f1e6 && code <= 0x1f1ff;
      const isShade = code >= 0x1f3fb && code <= 0x1f3ff;
      flags = isFlag ? flags + 1 : 0;
      const isOnto = MARK.test(char) || isShade || before === "\u200d" || (isFlag && flags % 2 === 0);
      if (!isOnto) sum += !limits.isWide || isWide(char) ? 1 : 0.5;
      before = char;
    }
    return sum;
  };
  const flowing = (text) => {
    let joined = "";
    for (const line of text.split("\n")) {
      const last = [...joined].pop(), [first] = line;
      const isTight = !limits.isSpaced && ((last && isWide(last)) || (first && isWide(first)));
      joined += joined && !isTight ? ` ${line}` : line;
    }
    return joined;
  };
  const letters = (text) => (text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]/gu) || []).join("");
  const figures = (cue) => {
    const all = width(flowing(cue.text)), ms = cue.end - cue.start;
    return {
      speed: all * 1000 / Math.max(ms, 1), width: Math.max(...cue.text.split("\n").map(width)), ms,
      isFast: ms < Math.ceil(all * 1000 / limits.speed),
    };
  };
  const seconds = (ms) => String(Math.round(ms / 10) / 100);
  const problems = (cue, source, above) => {
    if (!cue.text) return [{ code: "empty" }];
    const { speed, width: widest, ms, isFast } = figures(cue), count = cue.text.split("\n").length, found = [];
    if (widest > limits.width) found.push({ code: "line", found: widest, limit: limits.width });
    if (count > limits.lines) found.push({ code: "lines", found: count, limit: limits.lines });
    if (isFast) found.push({ code: "speed", found: speed.toFixed(1), limit: limits.speed });
    if (ms < limits.shortest) found.push({ code: "short", found: seconds(ms), limit: seconds(limits.shortest) });
    if (ms > limits.longest) found.push({ code: "long", found: seconds(ms), limit: seconds(limits.longest) });
    if (above && above.text && above.end > cue.start) found.push({ code: "overlap", found: seconds(above.end - cue.start) });
    if (source && letters(source) && /\p{L}/u.test(source) && letters(source) === letters(cue.text)) found.push({ code: "same" });
    return found;
  };

  const overlap = (one, other) => Math.min(one.end, other.end) - Math.max(one.start, other.start);
  // Each source cue beside the cue that it is longest spoken with; one that meets none is a row of its own.
  const paired = (cues, source) => {
    let latest = -Infinity;
    const ends = cues.map((cue) => (latest = Math.max(latest, cue.end)));
    const rows = cues.map((cue) => ({ ...cue, source: [], isShared: false })), alone = [];
    let low = 0;
    for (const one of source) {
      while (low < ends.length && ends[low] <= one.start) low += 1;
      let best = null;
      for (let at = low; at < cues.length && cues[at].start < one.end; at += 1) {
        if (overlap(cues[at], one) > 0) rows[at].isShared = true;
        if (overlap(cues[at], one) > 0 && (best === null || overlap(cues[at], one) > overlap(cues[best], one))) best = at;
      }
      if (best === null) alone.push({ ...one, text: "", source: [one.text] }); else rows[best].source.push(one.text);
    }
    const all = [...rows, ...alone].map((row) => ({ ...row, source: row.source.join("\n"), isShared: row.isShared }));
    return all.sort((one, other) => one.start - other.start || one.end - other.end);
  };
  // The cues of a file in two languages without the source's lines, and how many had some; 0 where it is in one.
  const withoutSource = (cues, source) => {
    let count = 0;
    const found = cues.map((cue) => {
      const near = source.filter((one) => one.start < cue.end + 1000 && one.end > cue.start - 1000);
      const runs = new Set(near.flatMap((_, from) => near.slice(from, from + 3).map((__, more) => letters(near.slice(from, from + more + 1).map((one) => one.text).join("")))));
      const lines = cue.text.split("\n");
      for (let many = lines.length - 1; many > 0; many -= 1) {
        for (const [taken, rest] of [[lines.slice(0, many), lines.slice(many)], [lines.slice(-many), lines.slice(0, -many)]]) {
          if (letters(taken.join("")) && runs.has(letters(taken.join("")))) {
            count += 1;
            return { ...cue, text: rest.join("\n") };
          }
        }
      }
      return cue;
    });
    return count * 2 >= Math.max(cues.length, 1) ? { cues: found, count } : { cues, count: 0 };
  };
  return { width, figures, problems, paired, withoutSource };
};

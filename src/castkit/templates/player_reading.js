"use strict";
// A subtitle file as a translator's editor left it: bytes to text, text to cues, and what could not be read.
// Lenient, because it only shows; castkit itself reads the file that comes back, and decides.
// A cue is {start, end, text} in milliseconds; a remark is {line, what, text}, `what` a key of the page's wordings.

const decodeSubtitles = (bytes, language) => {
  const starts = (...signs) => signs.every((sign, at) => bytes[at] === sign);
  const whole = (encoding) => {
    try { return new TextDecoder(encoding, { fatal: true }).decode(bytes); } catch { return null; }
  };
  if (starts(0x50, 0x4b) || starts(0xd0, 0xcf, 0x11, 0xe0) || starts(0x25, 0x50, 0x44, 0x46)) return { kind: "other" };
  const head = bytes.subarray(0, 2000);
  const zeros = [0, 1].map((odd) => head.filter((sign, at) => sign === 0 && at % 2 === odd).length);
  if (zeros[0] + zeros[1] > head.length / 2) {  // UTF-32, which browsers do not read
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), isLittle = bytes[0] !== 0;
    try {
      return { text: Array.from({ length: bytes.length >> 2 }, (_, at) => String.fromCodePoint(view.getUint32(at * 4, isLittle))).join("") };
    } catch { return { kind: "other" }; }
  }
  let order = starts(0xff, 0xfe) ? "utf-16le" : starts(0xfe, 0xff) ? "utf-16be" : "";
  if (!order && zeros[0] + zeros[1]) order = zeros[1] > zeros[0] ? "utf-16le" : "utf-16be";
  if (order) {
    const text = whole(order);
    return text === null || text.includes("\0") ? { kind: "other" } : { text };
  }
  const text = whole("utf-8");
  if (text !== null) return { text };
  const primary = language.toLowerCase().split("-")[0];
  const pages = {
    zh: /hant|-tw|-hk|-mo/i.test(language) ? "big5" : "gb18030", yue: "big5", ja: "shift_jis", ko: "euc-kr",
    ru: "windows-1251", uk: "windows-1251", bg: "windows-1251", el: "windows-1253", tr: "windows-1254",
    cs: "windows-1250", pl: "windows-1250", hu: "windows-1250", ar: "windows-1256", he: "windows-1255",
    th: "windows-874", vi: "windows-1258",
  };
  const page = pages[primary] || "windows-1252";
  const guess = whole(page);
  return guess === null ? { text: new TextDecoder("gb18030").decode(bytes), encoding: "gb18030" } : { text: guess, encoding: page };
};

// Whether some program took UTF-8 for Latin-1 and encoded it again: cafÃ©.
const isGarbled = (text) => {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff\ufeff]/.test(text)) return false;
  const bytes = Uint8Array.from(text.replace(/\ufeff/g, ""), (char) => char.charCodeAt(0));
  try { return Boolean(new TextDecoder("utf-8", { fatal: true }).decode(bytes)); } catch { return false; }
};

const readSubtitles = (text) => {
  const CLOCK = /(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:([.,:])(\d{1,9}))?/.source;
  const ARROW = /\s*(?:[-=]\s*)+>+\s*/.source;
  const TIMES = new RegExp(`^(?:\\d{1,7}\\s+)?${CLOCK}${ARROW}${CLOCK}(\\s.*)?$`);
  const PLACING = /^(?:\s+(?:[xy][12]\s*:\s*-?\d+|(?:align|line|position|size|vertical|region):\S+))*\s*$/i;
  const SIGNS = [[/[‐‑‒–—―−－﹣⁃ー]/g, "-"], [/[＞〉》›]/g, ">"], [/[：∶﹕]/g, ":"], [/[，﹐、]/g, ","], [/[．。﹒]/g, "."], [/[→⟶⇒]/g, "->"], [/&gt;/g, ">"]];
  const plain = (line) => {
    let found = SIGNS.reduce((one, [sign, by]) => one.replace(sign, by), line);
    found = found.replace(/[\p{Cf}]/gu, "").replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
    return found.replace(/(\d)\s*([:,.])\s*(?=\d)/g, "$1$2").trim();
  };
  const ms = (hours, minutes, seconds, point, fraction) => {
    if (Number(seconds) > 59 || (hours && Number(minutes) > 59)) return null;
    if (point === ":" && fraction.length !== 3) return null;  // frames, and nobody knows how long one lasts
    const whole = (Number(hours || 0) * 60 + Number(minutes)) * 60 + Number(seconds);
    return whole * 1000 + Number((fraction || "0").padEnd(3, "0").slice(0, 3));
  };
  const timesOf = (line) => {  // [start, end], "bad", or null where the line is text
    if (!/[:>：＞→⟶⇒∶﹕]/.test(line)) return null;
    const clean = plain(line);
    const found = TIMES.exec(clean);
    const seems = /^\s*(?:[-=]\s*){2,}>/.test(clean) || (/[-=]\s*>/.test(clean) && /\d{1,3}:\d{1,2}/.test(clean));
    if (!found) return seems || (/\d{1,3}:\d{1,2}:\d{1,2}[.,]\d/.test(clean) && !/\p{L}/u.test(clean)) ? "bad" : null;
    const [start, end] = [ms(...found.slice(1, 6)), ms(...found.slice(6, 11))];
    return start === null || end === null || !PLACING.test(found[11] || "") ? "bad" : [start, end];
  };
  const numberOf = (line) => {  // of a line such as 2, ２, #2 or 2a; null where it is none
    const found = /^[^\w\s]?\s*(\d{1,7})\s?[A-Za-z]?\s*[^\w\s]?$/.exec(line.normalize("NFKC").trim());
    return found ? Number(found[1]) : null;
  };
  const isNumber = (line) => numberOf(line) !== null;
  const bare = (line) => line.trim() !== "";

  const remarks = [];
  const isVtt = /^\s*WEBVTT(?![^\s])/.test(text.replace(/\ufeff/g, ""));
  const lines = text.replace(/\ufeff/g, "").replace(/\x1a+$/, "").split(/\r*\n|\r/);
  const heads = lines.map((line, at) => [at, timesOf(line)]).filter(([, times]) => times);
  const numbered = heads.some(([at]) => {
    let above = at - 1;
    while (above > 0 && !bare(lines[above])) above -= 1;
    return above >= 0 && isNumber(lines[above]) && (above === at - 1 || !above || !bare(lines[above - 1]));
  });
  const numbers = [];
  // Where a cue's lines begin: at its number, if there is one above its times.
  // A line that may be a number or words stays with the words, and is named.
  const doubt = (at) => remarks.push({ line: at + 1, what: "doubt", text: lines[at].trim() });
  let [lowest, last] = [0, null];
  const firsts = heads.map(([line], index) => {
    let at = line - 1;
    while (at >= lowest && !bare(lines[at])) at -= 1;
    const isThere = at >= lowest && numbered, isAbove = at === line - 1;
    const isApart = at <= 0 || !bare(lines[at - 1]);
    const number = at >= lowest ? numberOf(lines[at]) : null;
    const isNext = number !== null && number === (last === null ? index : last) + 1;
    const isOwn = isThere && number !== null && (isAbove ? isApart || isNext : (isApart && (isNext || !index)) || (isNext && !index));
    const isName = isVtt && at >= lowest && isAbove && at > 0 && isApart;  // WebVTT's cue identifier
    if (isThere && !isVtt && index && !isOwn && isAbove && (number !== null || isApart)) doubt(at);
    lowest = line + 1;
    last = isOwn ? number : last;
    numbers.push(isOwn ? number : null);
    return isOwn || isName ? at : line;
  });
  const above = lines.slice(0, firsts.length ? firsts[0] : 0).filter(bare);
  if (above.length && !isVtt) remarks.push({ line: lines.findIndex(bare) + 1, what: "noTimes", text: above.join(" / ") });

  const cues = [];
  let hasMarkup = false;
  heads.forEach(([at, times], index) => {
    let body = lines.slice(at + 1, firsts[index + 1] ?? lines.length);
    if (isVtt) {  // a note or a style sheet ends the cue above it
      const note = body.findIndex((line, n) => n && !bare(body[n - 1]) && /^(NOTE|STYLE|REGION)\b/.test(line));
      if (note >= 0) body = body.slice(0, note);
    }
    body.forEach((line, n) => {  // the next number without times: they were deleted, or the file is cut off
      if (n && bare(line) && !bare(body[n - 1]) && numbers[index] !== null && /^\d+$/.test(line.trim()) && Number(line) === numbers[index] + 1) doubt(at + 1 + n);
    });
    const raw = body.filter(bare).join("\n");
    let shown = raw.replace(/\r|\x0b|\f|\x85|\u2028|\u2029/g, "\n").replace(/[\x00-\x08\x0e-\x1f\x7f]/g, "");
    shown = shown.replace(/[<＜]br\s*\/?[>＞]\n?/gi, "\n").replace(/\{\\[^{}\n]*\}/g, "");
    shown = shown.replace(/[<＜]\s*(?:[/／]\s*)?(?:b|i|u|s|em|strong|font|span|ruby|rt|rp|p|div)(?:\s+[\w-]+\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s<>＜＞]+))*\s*\/?[>＞]/gi, "");
    if (isVtt) {
      shown = shown.replace(/<\/?(?:c|v|lang)(?:\.[^\s<>&]*)*(?:[ \t][^<>\n]*)?>|<\d[\d:.]*>/g, "");
      shown = shown.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&nbsp;/g, "\u00a0").replace(/&(?:lrm|rlm);/g, "").replace(/&amp;/g, "&");
    }
    hasMarkup = hasMarkup || shown.length < raw.length;
    const words = shown.split("\n").filter(bare).join("\n");
    if (times === "bad") remarks.push({ line: at + 1, what: "badTimes", text: [lines[at].trim(), words].filter(bare).join(" / ") });
    else if (!bare(words)) remarks.push({ line: at + 1, what: "noText", text: "" });
    else if (times[1] <= times[0]) remarks.push({ line: at + 1, what: "badOrder", text: words });
    else {
      if (cues.length && times[0] < cues[cues.length - 1].start) remarks.push({ line: at + 1, what: "unsorted", text: "" });
      cues.push({ start: times[0], end: times[1], text: words });
    }
  });
  cues.sort((one, other) => one.start - other.start || one.end - other.end);
  remarks.sort((one, other) => one.line - other.line);
  return { cues, remarks, hasMarkup, isGarbled: isGarbled(text) };
};

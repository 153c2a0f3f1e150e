// What is said while a cue stands, with the glossary's terms found in it.
// Rule: a source line belongs to every cue that it shares two fifths of the shorter of both with.

const SHARE = 0.4;

export class Source {
  constructor(lines, glossary) {
    this.set(lines, glossary);
  }

  set(lines, glossary) {
    this.lines = lines;
    this.terms = glossary.flatMap((term) => {
      const forms = [term.source, ...(term.forms ?? [])].filter(Boolean);
      return forms.map((form) => ({ form: form.toLowerCase(), term }));
    });
    this.pattern = pattern(this.terms.map((one) => one.form));
  }

  of({ startMs, endMs }) {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].endMs <= startMs) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (let at = low; at < this.lines.length && this.lines[at].startMs < endMs; at += 1) {
      const line = this.lines[at];
      const shared = Math.min(endMs, line.endMs) - Math.max(startMs, line.startMs);
      if (shared >= SHARE * Math.min(endMs - startMs, line.endMs - line.startMs)) found.push(line);
    }
    return found;
  }

  // A text cut into [text, term or null].
  parts(text) {
    if (!this.pattern) return [[text, null]];
    const found = [];
    let from = 0;
    for (const match of text.matchAll(this.pattern)) {
      if (match.index > from) found.push([text.slice(from, match.index), null]);
      const form = match[0].toLowerCase();
      found.push([match[0], this.terms.find((one) => one.form === form)?.term ?? null]);
      from = match.index + match[0].length;
    }
    if (from < text.length) found.push([text.slice(from), null]);
    return found;
  }

  termsIn(lines) {
    const found = lines.flatMap((line) => this.parts(line.text).map(([, term]) => term));
    return [...new Set(found.filter(Boolean))];
  }
}

// The longest form wins; a form that begins or ends in a letter of a spaced script stands as a word of its own.
function pattern(forms) {
  if (!forms.length) return null;
  const longest = [...new Set(forms)].sort((one, other) => other.length - one.length);
  const spaced = /[\p{L}\p{N}]/u;
  const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
  const isWord = (letter) => spaced.test(letter) && !unspaced.test(letter);
  const words = longest.map((form) => {
    const safe = form.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const before = isWord(form[0]) ? "(?<![\\p{L}\\p{N}])" : "";
    const after = isWord(form.at(-1)) ? "(?![\\p{L}\\p{N}])" : "";
    return before + safe + after;
  });
  return new RegExp(words.join("|"), "giu");
}

// The keys: one table that the page obeys and that its help shows.
// Rule: nothing happens while an input method composes, and what types a letter in a text stays typing.

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

// In a text every key needs a modifier; on a cue (Esc leaves the text) the plain keys do. On a Mac, Ctrl is also ⌘, and
// Alt with a letter or a digit, which types there, is Ctrl.
export const KEYS = [
  { does: "next", text: ["Ctrl+Enter", "Alt+ArrowDown"], row: ["ArrowDown", "J"] },
  { does: "previous", text: ["Alt+ArrowUp"], row: ["ArrowUp", "K"] },
  { does: "leave", text: ["Escape"], row: [] },
  { does: "edit", text: [], row: ["Enter"] },
  { does: "toggle", text: ["Ctrl+P"], row: ["Space", "Ctrl+P"] },
  { does: "again", text: ["Alt+R"], row: ["R", "Alt+R"] },
  { does: "loop", text: [], row: ["L"] },
  { does: "slower", text: [], row: [","] },
  { does: "faster", text: [], row: ["."] },
  { does: "back", text: [], row: ["ArrowLeft"] },
  { does: "ahead", text: [], row: ["ArrowRight"] },
  { does: "split", text: ["Alt+Enter"], row: [] },
  { does: "splitHere", text: [], row: ["S"] },
  { does: "merge", text: ["Ctrl+M"], row: ["M"] },
  { does: "insert", text: [], row: ["I"] },
  { does: "remove", text: [], row: ["Delete"] },
  { does: "startEarlier", text: ["Alt+1"], row: ["1", "Alt+1"] },
  { does: "startLater", text: ["Alt+2"], row: ["2", "Alt+2"] },
  { does: "endEarlier", text: ["Alt+3"], row: ["3", "Alt+3"] },
  { does: "endLater", text: ["Alt+4"], row: ["4", "Alt+4"] },
  { does: "startHere", text: [], row: ["["] },
  { does: "endHere", text: [], row: ["]"] },
  { does: "undo", text: ["Ctrl+Z"], row: ["Ctrl+Z"], anywhere: true },
  { does: "redo", text: ["Ctrl+Shift+Z", "Ctrl+Y"], row: ["Ctrl+Shift+Z", "Ctrl+Y"], anywhere: true },
  { does: "find", text: ["Ctrl+F", "Ctrl+H"], row: ["Ctrl+F", "Ctrl+H"], anywhere: true },
  { does: "save", text: ["Ctrl+S"], row: ["Ctrl+S"], anywhere: true },
  { does: "proposal", text: ["Alt+Shift+1"], row: ["Alt+Shift+1"], digits: 3 },
  { does: "problem", text: ["F8"], row: ["F8", "N"], anywhere: true },
  { does: "problemBefore", text: ["Shift+F8"], row: ["Shift+F8"], anywhere: true },
  { does: "follow", text: [], row: ["F"] },
  { does: "accept", text: ["Ctrl+Shift+Enter"], row: ["Ctrl+Shift+Enter", "A"], anywhere: true },
  { does: "help", text: ["F1"], row: ["F1", "?"], anywhere: true },
];

// What was pressed: "Alt+Shift+1", "?", "ArrowDown". Letters and digits by their place where a modifier would make
// another sign of them, else by the sign itself, so that every keyboard has them.
export function pressed(event) {
  const { altKey, ctrlKey, metaKey, shiftKey, key, code } = event;
  const isCommand = ctrlKey || (IS_MAC && metaKey);
  const isMade = altKey || isCommand; // by its place: Alt makes other signs
  const place = /^Digit\d$/.test(code) ? code.slice(5) : /^Key[A-Z]$/.test(code) && altKey ? code.slice(3) : null;
  const letter = key.length === 1 && key !== " " ? key.toUpperCase() : key;
  const name = key === " " ? "Space" : isMade && place ? place : letter;
  const isSign = name.length === 1 && !/[A-Z0-9]/.test(name);
  const isShifted = shiftKey && !isSign;
  if (metaKey && !IS_MAC) return "";
  if (isSign && (altKey || isCommand) && !event.getModifierState("AltGraph") && !(altKey && ctrlKey)) return "";
  if (isSign) return name;
  return [isCommand && "Ctrl", altKey && "Alt", isShifted && "Shift", name].filter(Boolean).join("+");
}

// "Alt+1" as it is pressed on a Mac.
export function here(combination) {
  return IS_MAC ? combination.replace(/^Alt\+(Shift\+)?(\w)$/, "Ctrl+$1$2") : combination;
}

export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

// The command that the event asks for, with the number of a proposal, or null.
export function command(event, where) {
  const combination = pressed(event);
  for (const key of KEYS) {
    if (where === "other" && !key.anywhere) continue;
    const list = where === "text" || where === "other" ? key.text : key.row;
    for (let digit = 1; digit <= (key.digits ?? 1); digit += 1) {
      const wanted = list.map((one) => here(key.digits ? one.replace(/1$/, digit) : one));
      if (wanted.includes(combination)) return { does: key.does, digit };
    }
  }
  return null;
}

const SIGNS = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

export function shownKey(combination) {
  return here(combination).split("+").map((one) => SIGNS[one] ?? one);
}

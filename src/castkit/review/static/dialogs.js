// The two dialogs: the list of keys, and accepting the translation.
// Rule: nothing is accepted before its open points were shown and a person pressed the button.

import { byId, button, make } from "./element.js";
import { KEYS, shownKey } from "./keys.js";
import { say } from "./words.js";

function open(children, label) {
  const dialog = byId("dialog");
  const before = document.activeElement;
  dialog.replaceChildren(...children);
  dialog.setAttribute("aria-label", label);
  dialog.onclose = () => before?.isConnected && before.focus({ preventScroll: true });
  if (!dialog.open) dialog.showModal();
  return dialog;
}

function keysOf(list) {
  const each = list.map((one) => make("span", { cls: "key" }, shownKey(one).map((text) => make("kbd", { text }))));
  return make("td", {}, each);
}

export function showKeys() {
  const head = ["", "keysText", "keysRow"].map((key) => make("th", { scope: "col", text: key ? say(key) : "" }));
  const rows = KEYS.map(({ does, text, row }) => make("tr", {}, [
    make("th", { scope: "row", text: say(`key:${does}`) }), keysOf(text), keysOf(row),
  ]));
  const dialog = open([
    make("header", {}, [make("h2", { text: say("keysTitle") }), button(say("close"), () => dialog.close(), { autofocus: true })]),
    make("p", { cls: "soft", text: say("keysNote") }),
    make("div", { cls: "scroll", tabindex: "0", role: "region", "aria-label": say("keysTitle") }, [
      make("table", { cls: "keys" }, [make("thead", {}, [make("tr", {}, head)]), make("tbody", {}, rows)]),
    ]),
  ], say("keysTitle"));
}

// `points` are [word, number]; nothing can be accepted before `waiting` (or null) is over; `does(isDraft, name)` accepts.
export function showAccept({ points, waiting, isBlocked, who }, does) {
  const name = make("input", { type: "text", autocomplete: "name", value: who });
  const end = (isDraft) => () => {
    dialog.close();
    does(isDraft, name.value.trim());
  };
  const unsaved = make("p", { cls: "bad", text: say("acceptWaiting") });
  const now = button(say("acceptNow"), end(false), { cls: "main", disabled: Boolean(waiting) || isBlocked(), autofocus: true });
  const draft = button(say("draftNow"), end(true), { disabled: Boolean(waiting) });
  waiting?.then(() => {
    unsaved.remove();
    now.disabled = isBlocked();
    draft.disabled = false;
  });
  const lines = points.filter(([, number]) => number).map(([word, number]) => make("li", { text: say(word, { number }) }));
  const dialog = open([
    make("h2", { text: say("acceptTitle") }),
    make("p", { text: say("acceptText") }),
    lines.length ? make("ul", { cls: "faults" }, lines) : null,
    waiting ? unsaved : null,
    make("label", { cls: "who" }, [make("span", { text: say("who") }), name]),
    make("p", { cls: "choices" }, [
      now,
      draft,
      button(say("cancel"), () => dialog.close()),
    ]),
  ].filter(Boolean), say("acceptTitle"));
}

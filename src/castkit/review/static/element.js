// Makes elements of the page.
// Rule: text goes in as text, never as markup; styles are set through classes and the style object, never attributes.

export function make(tag, { text, data = {}, on = {}, ...rest } = {}, children = []) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === null || value === false) continue;
    one.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  if (text !== undefined) one.textContent = text;
  Object.assign(one.dataset, data);
  for (const [name, listener] of Object.entries(on)) one.addEventListener(name, listener);
  one.append(...children.filter(Boolean));
  return one;
}

export function button(text, click, options = {}) {
  return make("button", { type: "button", text, on: { click }, ...options });
}

export const byId = (id) => document.getElementById(id);

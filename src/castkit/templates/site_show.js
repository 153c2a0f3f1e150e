// The search over the episodes of the page. Without it the page is the same, and the browser's own search does.
(() => {
  "use strict";
  const box = document.querySelector(".search");
  if (!box) return;
  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = Array.from(document.querySelectorAll("li.episode"), (node) => ({
    node,
    words: plain(Array.from(node.querySelectorAll(".episode-title, .episode-summary, .episode-people"), (one) => one.textContent).join("\n")),
  }));
  const search = () => {
    const wanted = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, words } of rows) {
      node.hidden = !wanted.every((one) => words.includes(one));
      if (!node.hidden) shown += 1;
    }
    for (const season of document.querySelectorAll(".season")) {
      season.hidden = !season.querySelector("li.episode:not([hidden])");
    }
    found.textContent = wanted.length ? found.dataset.found.replace("{shown}", shown).replace("{all}", rows.length) : "";
  };
  box.hidden = false;
  input.addEventListener("input", search);
  if (input.value) search(); // a browser fills the field in again on the way back
})();

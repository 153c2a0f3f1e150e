"use strict";
// Copies a text where the browser lets it; elsewhere the text is selected, and Ctrl-C copies it.
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  const source = document.getElementById(button.dataset.copies);
  const name = button.textContent;
  const status = document.getElementById("status");
  button.addEventListener("click", async () => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    // execCommand takes formatting along, and works in a page that was opened from a folder.
    let copied = document.execCommand("copy");
    if (!copied && navigator.clipboard) {
      try { await navigator.clipboard.writeText(source.textContent); copied = true; } catch { copied = false; }
    }
    if (copied) {
      button.textContent = button.dataset.done;
      status.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = name; }, 1500);
    }
  });
}

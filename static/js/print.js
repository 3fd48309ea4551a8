/** Makes the buttons with `data-print` print the page. Without this script they stay hidden. */

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** The list of activities: scrolls to the chosen year, counts the ticked rows, and ticks all of them. */

import { number } from "./formats.js";

// On a phone the years are one line that scrolls sideways.
document.querySelector(".year-bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const bar = document.querySelector("[data-selection]");

if (bar) {
  const boxes = Array.from(bar.elements).filter((field) => field.name === "strava_id");
  const label = bar.querySelector("[data-all]");
  const selectAll = label.querySelector("input");
  const count = bar.querySelector("[data-count]");
  const initialText = count.textContent;

  const refresh = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    selectAll.checked = ticked === boxes.length;
    selectAll.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = ticked ? count.dataset.selected.replace("{count}", number(ticked)) : initialText;
  };

  selectAll.addEventListener("change", () => {
    for (const box of boxes) box.checked = selectAll.checked;
    refresh();
  });
  for (const box of boxes) box.addEventListener("change", refresh);
  // Browsers restore the ticks of a page that they restore.
  addEventListener("pageshow", refresh);
  label.hidden = false;
  refresh();
}

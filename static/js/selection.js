/** The list of activities: scrolls to the chosen year, counts the ticked rows, ticks all of them, and shows each change
    to the athlete's activities while the page is open. */

import { number } from "./formats.js";
import { follow } from "./live/follow.js";

// On a phone the years are one line that scrolls sideways.
document.querySelector(".year-bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const part = document.querySelector("[data-follow]");
let initialText = "";

/** Count the ticked rows. The bar is absent while the list is empty. */
function refresh() {
  const bar = part.querySelector("[data-selection]");
  if (!bar) return;
  const [label, count, boxes] = [bar.querySelector("[data-all]"), bar.querySelector("[data-count]"), boxesOf(bar)];
  const ticked = boxes.filter((box) => box.checked).length;
  const selectAll = label.querySelector("input");
  initialText = initialText || count.textContent;
  selectAll.checked = ticked > 0 && ticked === boxes.length;
  selectAll.indeterminate = ticked > 0 && ticked < boxes.length;
  count.textContent = ticked ? count.dataset.selected.replace("{count}", number(ticked)) : initialText;
  label.hidden = false;
}

function boxesOf(bar) {
  return Array.from(bar.elements).filter((field) => field.name === "strava_id");
}

part.addEventListener("change", ({ target }) => {
  const all = target.closest("[data-all]");
  if (all) for (const box of boxesOf(target.form)) box.checked = target.checked;
  refresh();
});
// Browsers restore the ticks of a page that they restore.
addEventListener("pageshow", refresh);
refresh();
follow(part, refresh);

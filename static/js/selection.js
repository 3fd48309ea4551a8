/** The list of activities: the chosen year in sight, and a bar that counts the ticked rows and ticks all of them. */

import { number } from "./words.js";

// On a phone the years are one line that is swept sideways.
document.querySelector(".year-bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const bar = document.querySelector("[data-selection]");

if (bar) {
  const boxes = Array.from(bar.elements).filter((one) => one.name === "strava_id");
  const all = bar.querySelector("[data-all]");
  const every = all.querySelector("input");
  const count = bar.querySelector("[data-count]");
  const nothing = count.textContent;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    every.checked = ticked === boxes.length;
    every.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = ticked ? `${number(ticked)} selected` : nothing;
  };

  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  // A browser that brings a page back brings its ticks back too.
  addEventListener("pageshow", tell);
  all.hidden = false;
  tell();
}

/** Shows the latest activities of a running import, because a phone cannot show the growing end of the list. */

import { wall } from "../formats.js";

const SHOWN = 3;
const EVERY_MS = 160;
const PUSHED_DOWN = { transform: ["translateY(-100%)", "none"] };
const isMoving = matchMedia("(prefers-reduced-motion: no-preference)");

export function streamStrip(list, say) {
  let waiting = [];
  let timer = 0;

  function line(item) {
    const row = document.createElement("li");
    const [day, name, figures] = ["time", "strong", "span"].map((tag) => document.createElement(tag));
    day.textContent = wall(item.start, "day");
    name.textContent = item.name || say("untitled");
    figures.textContent = item.facts;
    row.className = "sync-arrival";
    row.classList.toggle("sync-arrival-parkrun", item.parkrun?.status === "sure");
    row.append(day, name, figures);
    return row;
  }

  function step() {
    timer = 0;
    if (!waiting.length) return;
    // Of several that arrived together, prefer a parkrun.
    list.prepend(line(waiting.find((item) => item.parkrun?.status === "sure") ?? waiting.at(-1)));
    while (list.children.length > SHOWN) list.lastElementChild.remove();
    if (isMoving.matches) for (const row of list.children) row.animate(PUSHED_DOWN, { duration: EVERY_MS, easing: "ease-out" });
    waiting = [];
    timer = setTimeout(step, EVERY_MS);
  }

  return {
    add(items) {
      waiting.push(...items);
      if (!timer) step();
    },
    clear() {
      waiting = [];
      list.replaceChildren();
    },
  };
}

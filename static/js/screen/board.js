/** Everybody who has run on the day that is shown, newest first. What does not fit is turned over to, page by page, so
    that each name is seen. */

import { dayWords } from "../feed/shown.js";
import { refill } from "./refill.js";
import { deviceOf, nameOf, noteOf, short, timeOf } from "./words.js";

const TURN_EVERY_MS = 10000;

export function board(wall) {
  const rows = wall.querySelector("[data-rows]");
  const title = wall.querySelector("[data-board-title]");
  const count = wall.querySelector("[data-board-page]");
  const template = wall.querySelector("template[data-row]");
  let shown = [];
  let known = new Set();
  let today = "";
  let page = 0;
  let timer = 0;
  let isPaused = false;

  function turnLater() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!isPaused) page += 1;
      show();
      turnLater();
    }, TURN_EVERY_MS);
  }

  function show() {
    wall.classList.toggle("wall-alone", !shown.length);
    if (!shown.length) return refill(rows, []);
    title.textContent = dayWords(shown[0].data.date, today);
    const most = howManyFit();
    const pages = Math.ceil(shown.length / most);
    page = page < pages ? page : 0;
    count.textContent = pages > 1 ? `${page + 1} of ${pages}` : "";
    // The last page is a full one too: its first names are those that the page before it has shown already.
    const from = Math.max(0, Math.min(page * most, shown.length - most));
    refill(rows, shown.slice(from, from + most).map(rowOf));
  }

  function howManyFit() {
    if (!rows.firstElementChild) rows.append(template.content.firstElementChild.cloneNode(true));
    return Math.max(1, Math.floor((rows.clientHeight + 2) / rows.firstElementChild.offsetHeight));
  }

  function rowOf(entry) {
    const row = template.content.firstElementChild.cloneNode(true);
    const note = noteOf(entry.data);
    const write = (name, words) => (row.querySelector(`.row-${name}`).textContent = words);
    write("name", nameOf(entry));
    write("event", short(entry.data.event_name));
    write("note", note.words);
    write("device", deviceOf(entry.data));
    write("time", timeOf(entry.data));
    row.classList.toggle("row-sun", note.sun);
    row.classList.toggle("row-new", known.size > 0 && !known.has(entry.id));
    return row;
  }

  // How many fit changes with the screen, and with what stands above and below.
  if (window.ResizeObserver) new ResizeObserver(show).observe(rows);
  turnLater();

  return {
    /** `parkruns`, newest first, of the day `day`; what is new brings the first page back. */
    draw(parkruns, day) {
      if (parkruns.length && !known.has(parkruns[0].id)) {
        page = 0;
        turnLater();
      }
      [shown, today] = [parkruns, day];
      show();
      known = new Set(parkruns.map((entry) => entry.id));
    },
    pause(on) {
      isPaused = on;
    },
  };
}

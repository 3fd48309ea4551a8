/** Shows the board: the day's runs, newest first, in as many pages as it takes. */

import { dayWords } from "../days.js";
import { stopwatch } from "../formats.js";
import { readingTime, showPage } from "./pages.js";
import { refill } from "./refill.js";

/** `say` gives the words of the page. */
export function board(wall, { life, say }) {
  const rows = wall.querySelector("[data-rows]");
  const title = wall.querySelector("[data-board-title]");
  const place = wall.querySelector("[data-board-page]");
  const template = wall.querySelector("template[data-row]");
  let shown = [];
  let known = new Set();
  let today = "";
  let page = { first: 0, end: 0 };
  let timer = 0;
  let isPaused = false;

  function plan() {
    life.cancel(timer);
    if (!isPaused) timer = life.after(readingTime(page.end - page.first), turn);
  }

  function turn() {
    show(page.end < shown.length ? page.end : 0);
    plan();
  }

  function show(from) {
    wall.classList.toggle("wall-alone", !shown.length);
    if (!shown.length) return refill(rows, []);
    title.textContent = dayWords(shown[0].data.date, today, say);
    page = showPage(rows, { count: shown.length, from, rowAt: (index) => rowOf(shown[index]) });
    place.textContent = placeOf(page, shown.length, say);
  }

  function rowOf(entry) {
    const row = template.content.firstElementChild.cloneNode(true);
    const { athlete, data, note, place: event } = entry;
    const write = (name, words) => (row.querySelector(`.row-${name}`).textContent = words);
    write("name", athlete ? athlete.name : say("a_member"));
    write("event", event);
    write("note", note ? note.words : "");
    write("device", data.device || "");
    write("time", data.time_s ? stopwatch(data.time_s) : "");
    row.classList.toggle("row-sun", Boolean(note && note.celebrate));
    row.classList.toggle("row-new", known.size > 0 && !known.has(entry.id));
    return row;
  }

  // The number of rows that fit changes with the screen and with the parts around the board.
  if (window.ResizeObserver) {
    const observer = new ResizeObserver(() => show(page.first));
    observer.observe(rows);
    life.atEnd(() => observer.disconnect());
  }
  plan();

  return {
    /** Show the `parkruns`, newest first, on the day `day`. A new one brings back the first page. */
    draw(parkruns, day) {
      const isNews = parkruns.length > 0 && !known.has(parkruns[0].id) && !isPaused;
      [shown, today] = [parkruns, day];
      show(isNews ? 0 : page.first);
      known = new Set(parkruns.map((entry) => entry.id));
      if (isNews) plan();
    },
    pause(on) {
      isPaused = on;
      plan();
    },
  };
}

/** "5–8 of 31", or "" if all rows are on one page. */
function placeOf({ first, end }, count, say) {
  if (end - first === count) return "";
  return say("board_page", { shown: end - first > 1 ? `${first + 1}–${end}` : String(end), all: count });
}

/** Shows the activities of My Strava: the list with its heading and older pages, the years, and those just arriving. */

import { number } from "../formats.js";
import { olderPages } from "../live/older_pages.js";
import { windowedList } from "../windowed_list.js";
import { newArrivals } from "./arrivals.js";
import { rowMaker } from "./row.js";
import { isLive } from "./run_states.js";
import { streamStrip } from "./stream.js";
import { yearBars, yearsOf } from "./years.js";

const YEARS_EVERY_MS = 500;

/** `count(counts)` shows the counts elsewhere on the page; `say` gives the words. */
export function activityList(page, { state, count, say }) {
  const element = (name) => page.querySelector(`[data-${name}]`);
  const { history } = state;
  const { rows: rowsAddress, activities } = page.dataset;
  const total = page.querySelector("[data-slot=total]");
  const stream = streamStrip(element("stream"), say);
  const drawBars = yearBars(element("years"), say);
  const arrivals = newArrivals(takeArrived);
  const fetchOlder = olderPages({ next: nextPage, take: ({ items }) => history.addPage(items), done: redraw });
  const { make, fill } = rowMaker(page.querySelector("template[data-row]"), { activities, say });
  const drawRows = windowedList(element("list"), {
    rows: () => history.rows,
    key: (item) => item.strava_id,
    make,
    fill,
    near: fetchOlder,
  });
  let isOver = false;
  let yearsAt = 0;
  let yearsLater = 0;

  function nextPage() {
    if (isOver || history.isWhole) return null;
    return { address: `${rowsAddress}?before=${history.rows.at(-1).strava_id}` };
  }

  function takeArrived(arrived) {
    for (const { item, isRead } of arrived) state.put(item, isRead);
    const read = arrived.filter(({ isRead }) => isRead).map(({ item }) => item);
    if (read.length && isLive(state.run)) stream.add(read);
    redraw();
  }

  function redraw() {
    if (isOver) return;
    element("empty").hidden = history.rows.length > 0;
    drawRows();
    showCounts();
    if (isLive(state.run)) fetchOlder();
    clearTimeout(yearsLater);
    yearsLater = setTimeout(drawYears, Math.max(0, yearsAt + YEARS_EVERY_MS - performance.now()));
  }

  /** Update the panel and the list's heading together, so that both show the same number. */
  function showCounts() {
    const counts = state.counts();
    count(counts);
    total.textContent = counts.total ? number(counts.total) : "";
  }

  function drawYears() {
    yearsAt = performance.now();
    drawBars(history.isWhole ? yearsOf(history.rows) : state.figures.summary.years);
  }

  return {
    arrivals,
    remove(ids) {
      arrivals.drop(ids);
      ids.forEach(history.remove);
      redraw();
    },
    redraw,
    showCounts,
    clearStream: stream.clear,
    close() {
      isOver = true;
      arrivals.close();
      clearTimeout(yearsLater);
    },
  };
}

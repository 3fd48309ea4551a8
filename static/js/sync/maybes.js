/** What may be a parkrun, one by one. An answer goes the way of every save and unsave; the next one follows it. */

import { distance, number, stopwatch, wall } from "../words.js";

export function maybesCard(card, { activities, more }) {
  const slot = (name) => card.querySelector(`[data-slot=${name}]`);
  let queue = [];
  let count = 0;
  let live = false;

  function draw() {
    const [item] = queue;
    card.hidden = live || !item;
    if (!item) return;
    slot("count").textContent = `${number(count)} to look at`;
    slot("name").textContent = item.name || "Without a name";
    slot("name").href = `${activities}${item.strava_id}/`;
    slot("event").pathname = `${activities}${item.strava_id}/parkrun/`;
    const when = `${wall(item.start, "weekday")} ${wall(item.start, "day")}, ${item.start.slice(11, 16)}`;
    const what = [when, distance(item.distance_m), stopwatch(item.elapsed_s), item.parkrun.event_name];
    slot("facts").textContent = what.filter(Boolean).join(" · ");
    slot("reasons").replaceChildren(...item.parkrun.reasons.map(listed));
    for (const form of card.querySelectorAll("[data-answer]")) {
      form.action = `${activities}${item.strava_id}/${form.dataset.answer}/`;
    }
  }

  return {
    /** From the server: the first of them, and how many there are in all. */
    begin(items, all) {
      [queue, count] = [items, all];
      draw();
    },

    /** One has been saved or taken back, here or in another tab. Gives whether it was one of these. */
    answered(id) {
      const left = queue.filter((one) => one.strava_id !== id);
      if (left.length === queue.length) return false;
      const hadFocus = card.contains(document.activeElement);
      [queue, count] = [left, count - 1];
      draw();
      if (!queue.length && count > 0) more();
      if (hadFocus && card.hidden) document.getElementById("main").focus();
      return true;
    },

    /** While a run goes on nothing new pushes itself above what is being read. */
    hold(isLive) {
      if (live === isLive) return;
      live = isLive;
      draw();
    },

    next: () => queue[0],
  };
}

function listed(words) {
  const line = document.createElement("li");
  line.textContent = words;
  return line;
}

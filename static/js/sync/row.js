/** Makes the rows of activities: the page's template, filled with an item of the protocol. */

import { wall } from "../formats.js";

/** `activities`: the address below which each activity has its page; `say` gives the words. */
export function rowMaker(template, { activities, say }) {
  const one = (element, name) => element.querySelector(name);

  return {
    make: () => template.content.firstElementChild.cloneNode(true),

    fill(row, item) {
      const [kept, dismissed] = [item.state === "saved", item.state === "dismissed"];
      const name = item.name || say("untitled");
      row.classList.toggle("run-parkrun", item.badge?.status === "sure" && !dismissed);
      row.classList.toggle("run-dismissed", dismissed);
      one(row, "time").dateTime = item.start.slice(0, 19);
      one(row, ".run-weekday").textContent = wall(item.start, "weekday");
      one(row, ".run-date").textContent = wall(item.start, "date");
      one(row, ".run-year").textContent = wall(item.start, "year");
      const link = one(row, ".run-name");
      link.textContent = name;
      link.href = `${activities}${item.strava_id}/`;
      one(row, ".run-figures").textContent = item.facts;
      fillBadge(one(row, ".run-badge"), item.badge);
      const form = one(row, "form");
      form.action = `${activities}${item.strava_id}/${kept ? "unsave" : "save"}/`;
      const button = one(form, "button");
      button.classList.toggle("button-kept", kept);
      button.classList.toggle("button-quiet", !kept);
      button.firstChild.data = say(kept ? "remove" : "save");
      button.lastElementChild.textContent = ` ${name}, ${wall(item.start, "day")}`;
    },
  };
}

function fillBadge(element, badge) {
  element.hidden = !badge;
  if (!badge) return;
  element.classList.toggle("badge-milestone", badge.status === "sure");
  element.classList.toggle("badge-warning", badge.status === "maybe");
  element.textContent = badge.words;
}

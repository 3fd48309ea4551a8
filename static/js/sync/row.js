/** An activity's row: the page's template, filled with an item of the protocol. */

import { facts, wall } from "../words.js";

export function rowMaker(template, activities) {
  const one = (element, name) => element.querySelector(name);

  return {
    make: () => template.content.firstElementChild.cloneNode(true),

    fill(row, item) {
      const [kept, dismissed] = [item.state === "saved", item.state === "dismissed"];
      const name = item.name || "Untitled";
      const maybe = item.parkrun?.status === "maybe" && !kept;
      row.classList.toggle("run-parkrun", Boolean(item.parkrun) && !maybe && !dismissed);
      row.classList.toggle("run-dismissed", dismissed);
      one(row, "time").dateTime = item.start.slice(0, 19);
      one(row, ".run-weekday").textContent = wall(item.start, "weekday");
      one(row, ".run-date").textContent = wall(item.start, "date");
      one(row, ".run-year").textContent = wall(item.start, "year");
      const link = one(row, ".run-name");
      link.textContent = name;
      link.href = `${activities}${item.strava_id}/`;
      one(row, ".run-figures").textContent = facts(item);
      fillBadge(one(row, ".run-badge"), item.parkrun, maybe);
      const form = one(row, "form");
      form.action = `${activities}${item.strava_id}/${kept ? "unsave" : "save"}/`;
      const button = one(form, "button");
      button.classList.toggle("button-kept", kept);
      button.classList.toggle("button-quiet", !kept);
      button.firstChild.data = kept ? "Remove" : "Save";
      button.lastElementChild.textContent = ` ${name}, ${wall(item.start, "day")}`;
    },
  };
}

/** A saved activity is no longer a maybe. */
function fillBadge(badge, parkrun, maybe) {
  badge.hidden = !parkrun;
  if (!parkrun) return;
  badge.classList.toggle("badge-milestone", !maybe);
  badge.classList.toggle("badge-warning", maybe);
  badge.textContent = maybe ? `maybe ${parkrun.event_name ?? "a parkrun"}` : (parkrun.event_name ?? "parkrun");
}

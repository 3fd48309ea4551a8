/** Makes the rows that stand for many parkruns of one event that arrived together: "14 more at Brandon Hill". The row holds
    their cards, and shows them when it is opened. */

import { placeName } from "./card_values.js";

export function floodMaker(template, { say }) {
  const cardsIn = (row) => row.querySelector("[data-slot=folded]");

  return {
    cardsIn,
    isOpen: (row) => row.querySelector("details").open,

    make(fold) {
      const row = template.content.firstElementChild.cloneNode(true);
      Object.assign(row.dataset, { fold, key: `flood-${fold}` });
      return row;
    },

    /** Write the row's words. `oldest`: the oldest entry in it, whose place in the feed is the row's. */
    fill(row, oldest) {
      row.dataset.at = oldest.at;
      const words = say("flood", { count: cardsIn(row).children.length, event: placeName(oldest.data.event_name) });
      const place = row.querySelector("[data-slot=flood_words]");
      if (place.textContent !== words) place.textContent = words;
    },
  };
}

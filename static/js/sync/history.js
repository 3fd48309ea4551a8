/** Keeps the athlete's activities that the page knows, newest first, each once; no DOM.

    Older pages are requested from the last row on. An activity that a run reads below that row waits until a page
    reaches it. */

import { orderedList } from "../live/ordered_list.js";

export function newHistory() {
  const list = orderedList({ keyOf: (item) => item.strava_id, isAbove });

  function put(item) {
    list.put(dated(item));
  }

  function get(id) {
    return list.get(id) ?? list.getAside(id);
  }

  /** Lower the floor to the last of `items`. */
  function lowerTo(items) {
    const last = items.at(-1);
    list.lower(last ? { at: Date.parse(last.start), strava_id: last.strava_id } : null);
  }

  return {
    get rows() {
      return list.all;
    },
    get isWhole() {
      return list.floor === null;
    },
    get size() {
      return list.size;
    },
    get,
    put,
    remove: (id) => list.remove(id),

    /** Start with the newest items. `isWhole`: there are no older ones. */
    begin(items, isWhole) {
      list.clear();
      items.forEach(put);
      if (!isWhole) lowerTo(items);
    },

    /** Add the next page of older items; an empty one completes the list. Items known already are newer and stay. */
    addPage(items) {
      const unknown = items.filter(({ strava_id: id }) => !get(id));
      lowerTo(items);
      unknown.forEach(put);
    },
  };
}

function dated(item) {
  item.at = Date.parse(item.start);
  return item;
}

/** The server's order: newest start first, then the higher Strava id. */
function isAbove(one, other) {
  return one.at > other.at || (one.at === other.at && one.strava_id > other.strava_id);
}

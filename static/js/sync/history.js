/** The activities this page knows, newest first, each once.

    The list is whole from its newest down to `floor`; what lies below is at the server until it is asked for. What
    arrives live below the floor is kept aside, so that a page of older ones that was read before it loses nothing. */

export function newHistory() {
  const known = new Map();
  let rows = [];
  let aside = [];
  let complete = true;

  /** Where an item is in the list, or would be. */
  function placeOf(item) {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(rows[middle], item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function put(item) {
    item.at = Date.parse(item.start);
    const old = known.get(item.strava_id);
    known.set(item.strava_id, item);
    if (old && old.at === item.at) {
      const place = placeOf(old);
      if (rows[place]?.strava_id === item.strava_id) rows[place] = item;
      else aside = aside.map((one) => (one.strava_id === item.strava_id ? item : one));
      return;
    }
    if (old) {
      rows = rows.filter((one) => one.strava_id !== item.strava_id);
      aside = aside.filter((one) => one.strava_id !== item.strava_id);
    }
    const last = rows.at(-1);
    if (!complete && last && isBefore(last, item)) aside.push(item);
    else if (!last || isBefore(last, item)) rows.push(item);
    else rows.splice(placeOf(item), 0, item);
  }

  return {
    get rows() {
      return rows;
    },
    get complete() {
      return complete;
    },
    get size() {
      return known.size;
    },
    get: (id) => known.get(id),
    put,
    placeOf,

    /** The newest, as the page or a fresh hello brought them. */
    begin(items, whole) {
      known.clear();
      [rows, aside, complete] = [[], [], true];
      items.forEach(put);
      complete = whole;
    },

    /** What follows below the floor; nothing more when there is none. What is known already is newer than this. */
    extend(items) {
      const kept = aside;
      aside = [];
      complete = true;
      for (const item of items) if (!known.has(item.strava_id)) put(item);
      complete = items.length === 0;
      for (const item of kept) {
        known.delete(item.strava_id);
        put(item);
      }
    },
  };
}

/** By start, and by Strava's id where two share a second: the order of the server. */
function isBefore(one, other) {
  return one.at > other.at || (one.at === other.at && one.strava_id > other.strava_id);
}

/** The activities this page knows, newest first, each once.

    The list has no gap from its newest down to its last row; older ones have to be requested. Items that arrive live
    from below the last row are kept aside until a requested page reaches them. */

export function newHistory() {
  const known = new Map();
  let rows = [];
  let aside = [];
  let complete = true;

  /** The index of an item in the list, or the index to insert it at. */
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

    /** Start with the newest items, from the page or from a new hello. `whole`: there are no older ones. */
    begin(items, whole) {
      known.clear();
      [rows, aside, complete] = [[], [], true];
      items.forEach(put);
      complete = whole;
    },

    /** Add the next page of older items; an empty one completes the list. Items known already are newer and stay. */
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

/** The server's order: newest start first, then the higher Strava id. */
function isBefore(one, other) {
  return one.at > other.at || (one.at === other.at && one.strava_id > other.strava_id);
}

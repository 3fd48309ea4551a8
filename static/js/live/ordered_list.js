/** Keeps items in order, newest first, each once and without a gap down to a floor; no DOM.

    Items below the floor are kept aside until the floor is lowered past them, because items between them and the floor
    are not known yet. On a page of older items, nothing above the `ceiling` is added. */

export function orderedList({ keyOf, isAbove, floor = null, ceiling = null }) {
  const listed = new Map();
  const aside = new Map();
  let all = [];

  /** The index of an item in the list, or the index to insert it at. */
  function indexOf(item) {
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAbove(all[middle], item)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Remove an item. Return whether it was in the list. */
  function remove(key) {
    aside.delete(key);
    const old = listed.get(key);
    if (!old) return false;
    all.splice(indexOf(old), 1);
    listed.delete(key);
    return true;
  }

  /** Insert an item, in place of the one with its key. Return whether it is in the list now. */
  function put(item) {
    const key = keyOf(item);
    const old = listed.get(key);
    const isReplaced = old !== undefined && !isAbove(old, item) && !isAbove(item, old);
    if (!isReplaced) remove(key);
    if (!isReplaced && floor && isAbove(floor, item)) {
      aside.set(key, item);
      return false;
    }
    if (!isReplaced && ceiling && isAbove(item, ceiling)) return false;
    all.splice(indexOf(item), isReplaced ? 1 : 0, item);
    listed.set(key, item);
    return true;
  }

  return {
    get all() {
      return all;
    },
    /** The item down to which the list has no gap, or null if it has everything. */
    get floor() {
      return floor;
    },
    /** The number of items, with those below the floor. */
    get size() {
      return listed.size + aside.size;
    },
    get: (key) => listed.get(key),
    getAside: (key) => aside.get(key),
    indexOf,
    put,
    remove,

    /** Set a lower floor. Return the items that were below the old one and are in the list now. */
    lower(next) {
      floor = next;
      const kept = Array.from(aside.values());
      aside.clear();
      return kept.filter(put);
    },

    clear() {
      listed.clear();
      aside.clear();
      [all, floor] = [[], null];
    },
  };
}

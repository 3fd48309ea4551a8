/** A club's entries as one client knows them: the protocol's rules for numbers and places, and nothing of a page.

    A place is (`at`, `id`), and texts of `at` compare as they follow in time. The list is whole from its newest (or
    from `ceiling`, on a page that begins further down) to its `floor`: what lies below is at the server until it is
    asked for. `seq` is the number we stand at, in the history that `epoch` names; null means that we stand nowhere, and
    dial without `after`.

    hear(message) gives { touched, added, redial }: the ids that changed, those of them that were not known before, and
    whether to dial again at once. */

const NEWEST = 50;

export function newEntries({ epoch = "", seq = null, entries = [], floor = null, ceiling = null } = {}) {
  const known = new Map();
  let list = [];
  let asked = null; // the page of older ones that is on its way, and what changed below the floor meanwhile

  /** Where an entry is in the list, or would be. */
  function placeOf(entry) {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAbove(list[middle], entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** In its present state; what we know already, or newer, stays. Gives whether anything changed. */
  function put(entry) {
    const old = known.get(entry.id);
    if (old && old.seq >= entry.seq) return false;
    if (!old && floor && isAbove(floor, entry)) {
      if (asked) asked.meanwhile.set(entry.id, entry);
      return false;
    }
    if (!old && ceiling && isAbove(entry, ceiling)) return false;
    const now = Object.assign({ cheered: old ? old.cheered : false }, entry);
    list.splice(placeOf(now), old ? 1 : 0, now);
    known.set(now.id, now);
    return true;
  }

  function drop({ id, seq: at }) {
    if (asked) asked.meanwhile.set(id, { id, seq: at, removed: true });
    const old = known.get(id);
    if (!old) return false;
    list.splice(placeOf(old), 1);
    known.delete(id);
    return true;
  }

  function take(entries) {
    const [touched, added] = [[], []];
    for (const entry of entries) {
      const isNew = !known.has(entry.id);
      if (!(entry.removed ? drop(entry) : put(entry))) continue;
      touched.push(entry.id);
      if (isNew) added.push(entry.id);
    }
    return { touched, added, redial: false };
  }

  /** All that is known is what came now, newest first. */
  function begin(newest) {
    const before = list.map((entry) => entry.id);
    known.clear();
    [list, asked, floor] = [[], null, null];
    const now = take(newest).touched;
    if (newest.length >= NEWEST) floor = newest[newest.length - 1];
    return { touched: before.concat(now), added: [], redial: false };
  }

  function stop() {
    seq = null;
    return { ...nothing(), redial: true };
  }

  function hello(message) {
    const anew = seq === null;
    if (!message.complete && !anew) return stop();
    epoch = message.epoch;
    seq = message.seq;
    return anew ? begin(message.entries.slice().reverse()) : take(message.entries);
  }

  /** One number of the club: each once, in order. */
  function number(at, entry) {
    if (seq === null || at <= seq) return nothing();
    if (at > seq + 1) return { ...nothing(), redial: true };
    seq = at;
    return take([entry]);
  }

  function cheerMine({ id, cheered }) {
    const entry = known.get(id);
    if (entry) entry.cheered = cheered;
    return entry ? { ...nothing(), touched: [id] } : nothing();
  }

  const HEARD = {
    hello,
    "entry.added": ({ entry }) => number(entry.seq, entry),
    "entry.changed": ({ entry }) => number(entry.seq, entry),
    "entry.removed": ({ id, seq: at }) => number(at, { id, seq: at, removed: true }),
    "feed.reset": stop,
    "cheer.mine": cheerMine,
  };

  take(entries);

  return {
    /** Newest first. */
    get list() {
      return list;
    },
    get seq() {
      return seq;
    },
    /** As the socket's `after`; null to dial without one. */
    get position() {
      return seq === null ? null : `${epoch}:${seq}`;
    },
    get whole() {
      return floor === null;
    },
    get: (id) => known.get(id),
    placeOf,

    hear(message) {
      const heard = HEARD[message.type];
      return heard ? heard(message) : nothing();
    },

    /** Before a page of older ones is asked for: gives where it goes on, and what to hand in with the answer. */
    ask() {
      asked = { meanwhile: new Map() };
      return { before: `${floor.at},${floor.id}`, ticket: asked };
    },

    /** The answer: entries, newest first, that end at the new floor, or null when there are no older ones. What has
        changed since it was read counts for more; after a new beginning the answer belongs to nothing. */
    extend(older, end, ticket) {
      if (ticket !== asked) return [];
      asked = null;
      floor = end;
      return take(older.concat(Array.from(ticket.meanwhile.values()))).touched;
    },
  };
}

/** In the feed, newest first; of one moment the higher number. */
function isAbove(one, other) {
  return one.at > other.at || (one.at === other.at && one.id > other.id);
}

function nothing() {
  return { touched: [], added: [], redial: false };
}

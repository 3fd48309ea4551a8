/** The entries of a club that a client knows, kept by the protocol's rules for seqs and order; no DOM.

    Entries are sorted by (`at`, `id`), newest first; the texts of `at` sort like their times. The list has no gap from
    its newest entry (or from `ceiling`, on a page of older entries) down to its `floor`; entries below the floor must be
    requested. `seq` is the last one received in the history `epoch`; if it is null, the position is lost and the
    socket dials without `after`.

    receive(message) returns { touched, added, redial }: the ids that changed, those of them that are new, and whether
    to redial at once. */

const NEWEST = 50;

export function newEntries({ epoch = "", seq = null, entries = [], floor = null, ceiling = null } = {}) {
  const known = new Map();
  let list = [];
  let requested = null; // the requested page of older entries, and the changes below the floor since the request

  /** The index of an entry in the list, or the index to insert it at. */
  function placeOf(entry) {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAbove(list[middle], entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Add or update an entry, unless the known state is as new. Return whether anything changed. */
  function put(entry) {
    const old = known.get(entry.id);
    if (old && old.seq >= entry.seq) return false;
    if (!old && floor && isAbove(floor, entry)) {
      if (requested) requested.changes.set(entry.id, entry);
      return false;
    }
    if (!old && ceiling && isAbove(entry, ceiling)) return false;
    const now = Object.assign({ cheered: old ? old.cheered : false }, entry);
    list.splice(placeOf(now), old ? 1 : 0, now);
    known.set(now.id, now);
    return true;
  }

  function drop({ id, seq: at }) {
    if (requested) requested.changes.set(id, { id, seq: at, removed: true });
    const old = known.get(id);
    if (!old) return false;
    list.splice(placeOf(old), 1);
    known.delete(id);
    return true;
  }

  function take(changes) {
    const [touched, added] = [[], []];
    for (const entry of changes) {
      const isNew = !known.has(entry.id);
      if (!(entry.removed ? drop(entry) : put(entry))) continue;
      touched.push(entry.id);
      if (isNew) added.push(entry.id);
    }
    return { touched, added, redial: false };
  }

  /** Replace all entries by `newest`, which is sorted newest first. */
  function beginWith(newest) {
    const before = list.map((entry) => entry.id);
    known.clear();
    [list, requested, floor] = [[], null, null];
    const now = take(newest).touched;
    if (newest.length >= NEWEST) floor = newest[newest.length - 1];
    return { touched: before.concat(now), added: [], redial: false };
  }

  function losePosition() {
    seq = null;
    return { ...nothing(), redial: true };
  }

  function hello(message) {
    const hadNoPosition = seq === null;
    if (!message.complete && !hadNoPosition) return losePosition();
    epoch = message.epoch;
    seq = message.seq;
    return hadNoPosition ? beginWith(message.entries.slice().reverse()) : take(message.entries);
  }

  /** Apply the change with the seq `at`: each once, in order. After a gap, redial to get the missing ones. */
  function applyNext(at, entry) {
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

  const HANDLERS = {
    hello,
    "entry.added": ({ entry }) => applyNext(entry.seq, entry),
    "entry.changed": ({ entry }) => applyNext(entry.seq, entry),
    "entry.removed": ({ id, seq: at }) => applyNext(at, { id, seq: at, removed: true }),
    "feed.reset": losePosition,
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
    /** The socket's `after`, or null to dial without it. */
    get position() {
      return seq === null ? null : `${epoch}:${seq}`;
    },
    get whole() {
      return floor === null;
    },
    get: (id) => known.get(id),
    placeOf,

    receive(message) {
      const handle = HANDLERS[message.type];
      return handle ? handle(message) : nothing();
    },

    /** Begin a request for older entries. Return the cursor to send, and the ticket to pass to `extend`. */
    ask() {
      requested = { changes: new Map() };
      return { before: `${floor.at},${floor.id}`, ticket: requested };
    },

    /** Add the requested page, newest first; `end` is the new floor, or null if there are no older entries. Changes
        received since the request win; an answer from before `beginWith` is ignored. */
    extend(older, end, ticket) {
      if (ticket !== requested) return [];
      requested = null;
      floor = end;
      return take(older.concat(Array.from(ticket.changes.values()))).touched;
    },
  };
}

/** Whether `one` comes before `other` in the feed: newest first, then the higher id. */
function isAbove(one, other) {
  return one.at > other.at || (one.at === other.at && one.id > other.id);
}

function nothing() {
  return { touched: [], added: [], redial: false };
}

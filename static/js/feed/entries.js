/** Keeps the entries of a club's feed by the protocol's rules for seqs and order; no DOM.

    Entries are sorted by (`at`, `id`), newest first; the texts of `at` sort like their times. Older pages are requested
    from the list's floor on. `seq` is the last one received in the history `epoch`; if it is null, the position is lost
    and the socket dials without `after`.

    receive(message) returns { touched, added, redial }: the ids that changed, those of them that are new, and whether
    to redial at once. */

import { orderedList } from "../live/ordered_list.js";

const NEWEST = 50;

export function newEntries({ epoch = "", seq = null, entries = [], floor = null, ceiling = null } = {}) {
  const list = orderedList({ keyOf: ({ id }) => id, isAbove, floor, ceiling });
  let requested = null; // the requested page of older entries, and the entries removed since the request

  /** Add or update an entry, unless the known state is as new. Return whether the list has changed. */
  function put(entry) {
    const old = known(entry.id);
    if (old && old.seq >= entry.seq) return false;
    return list.put(Object.assign({}, old && { cheered: old.cheered }, entry));
  }

  function known(id) {
    return list.get(id) || list.getAside(id);
  }

  function drop({ id }) {
    if (requested) requested.removed.add(id);
    return list.remove(id);
  }

  function take(changes) {
    const [touched, added] = [[], []];
    for (const entry of changes) {
      const isNew = !list.get(entry.id);
      if (!(entry.removed ? drop(entry) : put(entry))) continue;
      touched.push(entry.id);
      if (isNew) added.push(entry.id);
    }
    return { touched, added, redial: false };
  }

  /** Replace all entries by `newest`, which is sorted newest first. */
  function beginWith(newest) {
    const before = list.all.map(({ id }) => id);
    requested = null;
    list.clear();
    const now = take(newest).touched;
    if (newest.length >= NEWEST) list.lower(newest[newest.length - 1]);
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
    if (known(id)) known(id).cheered = cheered;
    return list.get(id) ? { ...nothing(), touched: [id] } : nothing();
  }

  /** An entry of a requested page, with the later change to it that was kept aside. */
  function withLaterChange(entry) {
    const later = list.getAside(entry.id);
    return later && later.seq >= entry.seq ? Object.assign({}, entry, later) : entry;
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
    get all() {
      return list.all;
    },
    get seq() {
      return seq;
    },
    /** The socket's `after`, or null to dial without it. */
    get position() {
      return seq === null ? null : `${epoch}:${seq}`;
    },
    /** Whether there are no older entries to request. */
    get isWhole() {
      return list.floor === null;
    },
    get: list.get,
    indexOf: list.indexOf,

    receive(message) {
      const handle = HANDLERS[message.type];
      return handle ? handle(message) : nothing();
    },

    /** Begin a request for older entries. Return the cursor to send, and the ticket to pass to `addPage`. */
    beginPage() {
      requested = { removed: new Set() };
      return { before: `${list.floor.at},${list.floor.id}`, ticket: requested };
    },

    /** Add the requested page, newest first; `end` is the new floor, or null if there are no older entries. Changes
        received meanwhile win; an answer from before `beginWith` is ignored. Return the ids that changed. */
    addPage(older, end, ticket) {
      if (ticket !== requested) return [];
      requested = null;
      const page = older.filter(({ id }) => !ticket.removed.has(id)).map(withLaterChange);
      const changed = list.lower(end).concat(page.filter(list.put));
      return Array.from(new Set(changed.map(({ id }) => id)));
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

/** Keeps the entries of a club's feed by the protocol's rules for seqs and order; no DOM.

    Entries are sorted by (`at`, `id`), newest first; the texts of `at` sort like their times. Replies are not in that list,
    but kept for the entries that they reply to. Older pages are requested from the list's floor on, and have all replies
    to their entries. `seq` is the last one received in the history `epoch`; if it is null, the position is lost and the
    socket dials without `after`.

    receive(message) returns { touched, added, gone, redial }: the ids that changed, those of them that are new and in the
    list or reply to an entry in it, those that are removed, and whether to redial at once. With a reply, its entry's id is
    touched, too. */

import { orderedList } from "../live/ordered_list.js";
import { newerState } from "./newer.js";
import { newReplies } from "./replies.js";

const NEWEST = 50;

/** `isUnwanted(entry)`: whether the reader does not want to see the entry, as its author is muted. */
export function newEntries({ epoch = "", seq = null, entries = [], floor, ceiling, isUnwanted = () => false } = {}) {
  const list = orderedList({ keyOf: ({ id }) => id, isAbove, floor, ceiling });
  const replies = newReplies();
  let requested = null; // the requested page of older entries, and the entries removed since the request

  /** Add or update an entry or a reply, unless the known state is as new. Return the ids that changed. */
  function put(entry) {
    if (entry.reply_to) return replies.put(entry) ? [entry.id, entry.reply_to] : [];
    const old = list.get(entry.id) || list.getAside(entry.id);
    const now = newerState(old, entry);
    return now !== old && list.put(now) ? [entry.id] : [];
  }

  function get(id) {
    return list.get(id) || replies.get(id);
  }

  /** Remove an entry or a reply. Return the ids that changed. */
  function drop(id) {
    if (requested) requested.removed.add(id);
    const reply = replies.remove(id);
    if (reply) return [id, reply.reply_to];
    return list.remove(id) ? [id] : [];
  }

  function isInPage(entry) {
    return Boolean(list.get(entry.reply_to || entry.id));
  }

  function take(changes) {
    const [touched, added, gone] = [[], [], []];
    for (const entry of changes) {
      const isNew = !get(entry.id);
      const isGone = entry.removed || isUnwanted(entry);
      const changed = isGone ? drop(entry.id) : put(entry);
      touched.push(...changed);
      if (changed.length && isGone) gone.push(entry.id);
      else if (changed.length && isNew && isInPage(entry)) added.push(entry.id);
    }
    return { touched, added, gone, redial: false };
  }

  /** Replace all entries by `newest`, which is sorted newest first. */
  function beginWith(newest) {
    const before = list.all.map(({ id }) => id).concat(replies.ids());
    requested = null;
    list.clear();
    replies.clear();
    const now = take(newest).touched;
    if (newest.length >= NEWEST) list.lower(newest[newest.length - 1]);
    return { touched: before.concat(now), added: [], gone: before.filter((id) => !get(id)), redial: false };
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
    const cheeredFor = get(id) || list.getAside(id);
    if (cheeredFor) cheeredFor.cheered = cheered;
    return get(id) ? { ...nothing(), touched: [get(id).reply_to || id, id] } : nothing();
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
    /** An entry of the list, or a reply. */
    get,
    repliesOf: replies.of,
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
      const page = older.filter((entry) => !ticket.removed.has(entry.id) && !isUnwanted(entry));
      const lowered = list.lower(end).map(({ id }) => id);
      return Array.from(new Set(lowered.concat(...page.map(put))));
    },

    /** Drop the entries that have become unwanted. Return the ids that changed. */
    dropUnwanted() {
      const unwanted = list.all.concat(replies.ids().map(replies.get)).filter(isUnwanted);
      return [].concat(...unwanted.map(({ id }) => drop(id)));
    },
  };
}

/** Whether `one` comes before `other` in the feed: newest first, then the higher id. */
function isAbove(one, other) {
  return one.at > other.at || (one.at === other.at && one.id > other.id);
}

function nothing() {
  return { touched: [], added: [], gone: [], redial: false };
}

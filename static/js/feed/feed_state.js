/** Keeps what a reader's page knows of a club's feed: its entries, which of them are the reader's own, which share a card,
    and whose posts the reader does not want to see; no DOM. */

import { newEntries } from "./entries.js";
import { folding } from "./folding.js";

/** `older` and `before` are the cursors of the next older page and, on a page of older entries, of the page itself.
    `muted`: the ids of the members whose posts the reader does not want to see. */
export function newFeedState({ first, epoch, seq, older, before, me, muted }) {
  const own = new Set();
  const unspoken = new Set(); // entries added since the status line last announced any
  const mutedIds = new Set(muted);
  const [floor, ceiling] = [placeOf(older), placeOf(before)];
  const entries = newEntries({ epoch, seq, entries: first, floor, ceiling, isUnwanted });
  const folds = folding(entries);

  /** Whether a muted member wrote the entry. Only posts: a parkrun of a muted member is news of the club. */
  function isUnwanted({ kind, athlete }) {
    return kind === "post" && mutedIds.has(athlete?.id);
  }

  function noteOwn(received) {
    for (const { id, mine } of received) if (mine) own.add(id);
  }

  function isMine(entry) {
    return own.has(entry.id) || (entry.athlete !== null && entry.athlete?.id === me);
  }

  /** The id of the entry whose card shows this entry or reply. */
  function cardOf(id) {
    const shown = entries.get(id)?.reply_to || id;
    return folds.hostOf(shown) ?? shown;
  }

  noteOwn(first);

  return {
    entries,
    folds,
    isMine,
    cardOf,
    ownPost: (id) => own.add(id),

    /** Apply a message. Return the change, with `isWithdrawn`: whether an entry or a name is gone. */
    receive(message) {
      const received = message.entry ? [message.entry] : message.entries ?? [];
      const known = received.map(({ id }) => entries.get(id)).filter(Boolean);
      const change = entries.receive(message);
      const isRenamed = (old) => nameOf(old) !== nameOf(entries.get(old.id));
      return { ...change, isWithdrawn: known.some(isRenamed) || change.gone.length > 0 };
    },

    /** Hide the posts of a member from now on. Return the ids to draw. */
    mute(athleteId) {
      mutedIds.add(athleteId);
      return entries.dropUnwanted();
    },

    /** Add a page of older entries. Return the ids to draw. */
    addPage({ entries: page, replies, older: cursor }, ticket) {
      const all = page.concat(replies);
      noteOwn(all);
      return entries.addPage(all, placeOf(cursor), ticket);
    },

    /** Remember the added entries of other members. Return whether there are any to announce. */
    noteAdded(added) {
      for (const id of added) if (!isMine(entries.get(id))) unspoken.add(id);
      return added.length > 0 && unspoken.size > 0;
    },

    /** Return the remembered entries that still exist, and by how many cards they are shown. */
    takeUnspoken() {
      const found = Array.from(unspoken).filter(entries.get);
      unspoken.clear();
      return { entries: found.map(entries.get), cards: new Set(found.map(cardOf)).size };
    },
  };
}

/** The place in the list that a cursor stands for: "2026-11-21T09:02:13.123456Z,42". */
function placeOf(cursor) {
  if (!cursor) return null;
  const [at, id] = cursor.split(",");
  return { at, id: Number(id) };
}

function nameOf(entry) {
  return entry?.athlete?.name;
}

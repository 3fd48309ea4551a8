/** Keeps the replies to the entries of a club's feed; no DOM.

    A reply is an entry with `reply_to`, the id of the entry that it replies to. Replies are kept whether or not their
    entry is in the list: an older page may bring the entry later. */

import { newerState } from "./newer.js";

export function newReplies() {
  const known = new Map();
  const threads = new Map(); // by the id of an entry: its replies, oldest first

  function remove(id) {
    const old = known.get(id);
    if (!old) return null;
    known.delete(id);
    threads.set(
      old.reply_to,
      of(old.reply_to).filter((one) => one.id !== id),
    );
    return old;
  }

  function of(entryId) {
    return threads.get(entryId) || [];
  }

  return {
    get: (id) => known.get(id),
    /** The replies to an entry, oldest first. */
    of,
    /** The ids of all replies. */
    ids: () => Array.from(known.keys()),
    /** Remove a reply. Return it, or null if it is not known. */
    remove,

    /** Add or update a reply. Return whether that has changed anything. */
    put(reply) {
      const old = known.get(reply.id);
      const now = newerState(old, reply);
      if (now === old) return false;
      remove(reply.id);
      known.set(now.id, now);
      threads.set(now.reply_to, of(now.reply_to).concat(now).sort(oldestFirst));
      return true;
    },

    clear() {
      known.clear();
      threads.clear();
    },
  };
}

/** The order of replies below a card. */
export function oldestFirst(one, other) {
  if (one.at !== other.at) return one.at < other.at ? -1 : 1;
  return one.id - other.id;
}

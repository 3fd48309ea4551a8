/** Keeps what a page knows of a conversation with one person: its messages in the order of their ids, and how far each
    of the two people has read it; no DOM.

    The socket sends the changes in all conversations of the reader. `position` is how many of them the page has: it is
    sent when the socket connects again, so that the rest arrives. */

import { orderedList } from "../live/ordered_list.js";

/** `first`: the conversation as the page was loaded: `with`, `messages`, `older` (the cursor of the next older page, or
    ""), `after`, `mark`, `read_up_to`, `their_read_up_to` and `their_delivered_up_to`. */
export function newConversationState(first) {
  const other = first.with;
  const list = orderedList({
    keyOf: ({ id }) => id,
    isAbove: (one, two) => one.id > two.id,
    floor: floorOf(first.messages, first.older),
  });
  const upTo = { read: first.their_read_up_to, delivered: first.their_delivered_up_to, mine: first.read_up_to };
  const position = { after: first.after, mark: first.mark };
  let { older } = first;

  /** Add or change messages of this conversation. Return { touched, added }: the ids that changed, and the new ones. */
  function take(received) {
    const [touched, added] = [[], []];
    for (const message of received) {
      if (message.with !== other) continue;
      const known = list.get(message.id);
      if (known && (known.deleted || !message.deleted)) continue;
      if (!list.put(message)) continue;
      touched.push(message.id);
      if (!known) added.push(message.id);
    }
    return { touched, added };
  }

  function reach(name, id) {
    upTo[name] = Math.max(upTo[name], id);
  }

  function noteReads({ read_up_to: mine, their_read_up_to: read, their_delivered_up_to: delivered }) {
    reach("mine", mine);
    reach("delivered", delivered);
    reach("read", read);
  }

  const HANDLERS = {
    hello({ messages, reads }) {
      reads.filter((one) => one.with === other).forEach(noteReads);
      return take(messages);
    },
    "message.added": ({ message }) => take([message]),
    "message.changed": ({ message }) => take([message]),
    "message.read"(message) {
      if (message.with === other) reach(message.by === "me" ? "mine" : "read", message.up_to);
      return nothing();
    },
    "message.delivered"(message) {
      if (message.with === other) reach("delivered", message.up_to);
      return nothing();
    },
  };

  take(first.messages);

  return {
    /** Apply a message of the socket. Return { touched, added }. */
    receive(message) {
      const handle = HANDLERS[message.type];
      if (!handle) return nothing();
      if (message.position !== undefined) position.after = message.position;
      if (message.mark !== undefined) position.mark = message.mark;
      return handle(message);
    },

    /** What the socket sends as `after` and `mark` when it connects. */
    get position() {
      return Object.assign({}, position);
    },
    /** Oldest first. */
    get all() {
      return list.all.slice().reverse();
    },
    get size() {
      return list.all.length;
    },
    get: list.get,

    /** The messages right before and right after this one, or undefined. */
    before: (message) => list.all[list.indexOf(message) + 1],
    following: (message) => list.all[list.indexOf(message) - 1],

    /** The newest of my messages, or undefined. */
    get lastMine() {
      return list.all.find(({ mine }) => mine);
    },
    /** The id of the newest message of the other person, or 0. */
    get newestTheirs() {
      const newest = list.all.find(({ mine }) => !mine);
      return newest ? newest.id : 0;
    },
    /** The id up to which I have read the conversation, on any device. */
    get readUpTo() {
      return upTo.mine;
    },

    /** How far my message has come: `read`, `delivered` or `sent`. */
    stateOf({ id }) {
      if (id <= upTo.read) return "read";
      return id <= upTo.delivered ? "delivered" : "sent";
    },

    /** The cursor of the next older page; "" if there is none. */
    get older() {
      return older;
    },

    /** Add a page of older messages, with the cursor of the next one. Return the ids that are now in the list. */
    addPage(page, cursor) {
      older = cursor;
      const kept = list.lower(floorOf(page, cursor));
      const placed = page.filter((message) => !list.get(message.id) && list.put(message));
      return kept.concat(placed).map(({ id }) => id);
    },
  };
}

/** The oldest of the messages if there are older ones, otherwise null. */
function floorOf(messages, older) {
  return older ? { id: Math.min(...messages.map(({ id }) => id)) } : null;
}

function nothing() {
  return { touched: [], added: [] };
}

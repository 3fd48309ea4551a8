/** Sends the messages of a conversation one after another, and keeps each until the server has stored it; no DOM.

    Every message has a `ref`, an idempotency key: sent again after a lost connection, the message is stored once. Only
    one message is on its way at a time, so that they arrive in the order in which they were written.

    `store` keeps the messages for reloads; `send(item)` returns whether the socket is open; `changed()` is called when
    the list or a state has changed; `noAnswer` is what is said of a message that was sent several times in vain. */

const ANSWER_WITHIN_MS = 10_000;
const MOST_TRIES = 3;

export function newOutbox({ store, send, newRef, changed, noAnswer }) {
  const items = store.all(); // { ref, text, at, problem, isFinal }, in the order in which they were written
  let onItsWay = null; // the ref of the message that the server has not answered yet
  let isOpen = false;
  let timer = 0;

  const find = (ref) => items.find((item) => item.ref === ref);

  /** Send the oldest message. One that was refused for good is left out; one that may be sent again holds up the rest. */
  function sendNext() {
    const next = items.find(({ isFinal }) => !isFinal);
    if (onItsWay !== null || !next || next.problem) return;
    isOpen = send(next);
    if (!isOpen) return;
    onItsWay = next.ref;
    timer = setTimeout(sendAgain, ANSWER_WITHIN_MS, next);
  }

  function sendAgain(item) {
    onItsWay = null;
    item.tries = (item.tries || 1) + 1;
    if (item.tries > MOST_TRIES) Object.assign(item, { problem: noAnswer, isFinal: true, tries: 0 });
    sendNext();
    changed();
  }

  function answered(ref) {
    if (onItsWay !== ref) return;
    clearTimeout(timer);
    onItsWay = null;
  }

  function remove(item) {
    items.splice(items.indexOf(item), 1);
    store.remove(item.ref);
    answered(item.ref);
  }

  return {
    items,

    /** `refused`, `sending`, or `waiting` for the connection. */
    stateOf: ({ problem }) => (problem ? "refused" : isOpen ? "sending" : "waiting"),

    add(text) {
      const last = items.length ? items[items.length - 1].at : 0;
      const item = { ref: newRef(), text, at: Math.max(Date.now(), last + 1), problem: "", isFinal: false };
      items.push(item);
      store.put(item);
      sendNext();
      changed();
    },

    /** The socket is open, perhaps after an interruption: send what has not arrived. */
    resume() {
      clearTimeout(timer);
      [onItsWay, isOpen] = [null, true];
      for (const item of items) if (!item.isFinal) item.problem = "";
      sendNext();
      changed();
    },

    /** The connection is interrupted, or over for good with the reason `why`. */
    stop(why = "") {
      clearTimeout(timer);
      [onItsWay, isOpen] = [null, false];
      if (why) for (const item of items) item.problem ||= why;
      changed();
    },

    /** The server has stored the message with this ref. Return whether it was in the list. */
    arrived(ref) {
      const item = ref && find(ref);
      if (!item) return false;
      remove(item);
      sendNext();
      changed();
      return true;
    },

    /** The server has refused the message with this ref, for good or for now. Return whether it was in the list. */
    refused(ref, words, isFinal) {
      const item = find(ref);
      if (!item) return false;
      Object.assign(item, { problem: words, isFinal });
      answered(ref);
      sendNext();
      changed();
      return true;
    },

    /** Send a refused message once more. */
    retry(ref) {
      Object.assign(find(ref), { problem: "", isFinal: false });
      sendNext();
      changed();
    },

    /** Remove a message that was not sent, and return its text. */
    take(ref) {
      const item = find(ref);
      remove(item);
      sendNext();
      changed();
      return item.text;
    },
  };
}

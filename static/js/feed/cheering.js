/** Sends cheers: a press shows at once, and is sent again after each reconnect until the server confirms it. */

import { newRef } from "./refs.js";

/** `draw(id)` draws the card of an entry whose `cheered` has changed. */
export function cheering({ entries, draw, send }) {
  const wanted = new Map(); // by entry id: the wanted and the previous state, and the command's ref

  function setCheered(id, cheered) {
    const entry = entries.get(id);
    if (!entry) return;
    entry.cheered = cheered;
    draw(id);
  }

  function sendCommand(id) {
    const { cheered, ref } = wanted.get(id);
    send({ type: cheered ? "cheer" : "uncheer", id, ref });
  }

  return {
    press({ id, cheered }) {
      const before = wanted.get(id)?.before ?? cheered;
      setCheered(id, !cheered);
      wanted.set(id, { cheered: !cheered, before, ref: newRef() });
      sendCommand(id);
    },

    /** Send unconfirmed commands again after a reconnect. */
    resume() {
      for (const id of wanted.keys()) sendCommand(id);
    },

    /** Return false for the confirmation of an earlier press, which would briefly reset the button. */
    confirms({ id, cheered }) {
      if (wanted.has(id) && wanted.get(id).cheered !== cheered) return false;
      wanted.delete(id);
      return true;
    },

    /** Undo only the cheer that was sent with `ref`. */
    refused(ref) {
      for (const [id, { before, ref: sent }] of wanted) {
        if (sent !== ref) continue;
        wanted.delete(id);
        setCheered(id, before);
      }
    },
  };
}

/** Cheers: what the reader wants shows at once, and is sent again after a lost connection until it is confirmed. */

import { newRef } from "./refs.js";

/** `draw(id)` draws the card of an entry whose `cheered` has changed. */
export function cheering({ entries, draw, send }) {
  const wanted = new Map(); // by entry: whether it is to be cheered for, whether it was before, the ref of the command

  function turn(id, cheered) {
    const entry = entries.get(id);
    if (!entry) return;
    entry.cheered = cheered;
    draw(id);
  }

  function sendWish(id) {
    const { cheered, ref } = wanted.get(id);
    send({ type: cheered ? "cheer" : "uncheer", id, ref });
  }

  return {
    press({ id, cheered }) {
      const before = wanted.get(id)?.before ?? cheered;
      turn(id, !cheered);
      wanted.set(id, { cheered: !cheered, before, ref: newRef() });
      sendWish(id);
    },

    /** Connected again. */
    resume() {
      for (const id of wanted.keys()) sendWish(id);
    },

    /** Return false for a confirmation of an earlier press: it would turn the button back for a moment. */
    confirms({ id, cheered }) {
      if (wanted.has(id) && wanted.get(id).cheered !== cheered) return false;
      wanted.delete(id);
      return true;
    },

    /** Turn back the cheer that was sent with `ref`, and no other. */
    refused(ref) {
      for (const [id, { before, ref: sent }] of wanted) {
        if (sent !== ref) continue;
        wanted.delete(id);
        turn(id, before);
      }
    },
  };
}

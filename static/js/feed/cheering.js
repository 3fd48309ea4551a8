/** Cheers: what is wanted shows at once, and is sent until it is confirmed. */

export function cheering({ entries, list, card, send }) {
  const wanted = new Map(); // by entry: whether it is to be cheered for, and whether it was before

  function turn(id, cheered) {
    const [entry, shown] = [entries.get(id), list.elementOf(id)];
    if (entry) entry.cheered = cheered;
    if (entry && shown) card.pressed(shown, entry);
  }

  function say(id, cheered) {
    send({ type: cheered ? "cheer" : "uncheer", id });
  }

  return {
    press({ id, cheered }) {
      const before = wanted.get(id)?.before ?? cheered;
      turn(id, !cheered);
      wanted.set(id, { cheered: !cheered, before });
      say(id, !cheered);
    },

    /** The connection is there again. */
    resume() {
      for (const [id, { cheered }] of wanted) say(id, cheered);
    },

    /** What confirms an older wish than the last one would turn the button back for a moment: it is passed over. */
    confirms({ id, cheered }) {
      if (wanted.has(id) && wanted.get(id).cheered !== cheered) return false;
      wanted.delete(id);
      return true;
    },

    refused() {
      for (const [id, { before }] of wanted) turn(id, before);
      wanted.clear();
    },
  };
}

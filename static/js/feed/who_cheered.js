/** Who cheered: opened under a card by its number of cheers, and read again while it is open and the card changes. */

import { ask } from "../ask.js";

/** Many may cheer within a moment. */
const SOON_MS = 300;

export function whoCheered(elementOf, announce) {
  const soon = new Set();
  const asked = new Map(); // the latest question for each: earlier ones' answers are ignored

  function part(id, name) {
    return elementOf(id)?.querySelector(`[data-slot=${name}]`);
  }

  function isOpen(id) {
    return part(id, "names")?.hidden === false;
  }

  function close(id) {
    part(id, "cheers").ariaExpanded = "false";
    Object.assign(part(id, "names"), { hidden: true, textContent: "" });
  }

  async function tell(id) {
    soon.delete(id);
    if (!isOpen(id)) return;
    const question = Symbol(id);
    asked.set(id, question);
    const sentence = await sentenceAt(part(id, "cheers").href);
    if (!isOpen(id) || asked.get(id) !== question) return;
    part(id, "names").textContent = sentence;
    announce(sentence);
  }

  return {
    toggle(id) {
      if (isOpen(id)) return close(id);
      part(id, "cheers").ariaExpanded = "true";
      part(id, "names").hidden = false;
      tell(id);
    },

    /** A member has a new name, and may have cheered anywhere. */
    tellAllAnew() {
      for (const id of asked.keys()) this.tellAnew(id);
    },

    /** The cheers of a card have changed. */
    tellAnew(id) {
      if (!isOpen(id) || soon.has(id)) return;
      soon.add(id);
      setTimeout(tell, SOON_MS, id);
    },
  };
}

async function sentenceAt(address) {
  const answer = await ask(address, { headers: { Accept: "application/json" } });
  return answer?.ok ? answer.json.sentence : "We can't show who cheered right now. Try again in a moment.";
}

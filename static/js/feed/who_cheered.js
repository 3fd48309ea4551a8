/** The list of who cheered, opened by a card's number of cheers, and fetched again when the card changes. */

import { ask } from "../ask.js";

/** Wait before fetching, as several cheers may arrive together. */
const SOON_MS = 300;

export function whoCheered(elementOf, announce) {
  const soon = new Set();
  const asked = new Map(); // the latest request for each card; answers to earlier ones are ignored

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

  async function load(id) {
    soon.delete(id);
    if (!isOpen(id)) return;
    const request = Symbol(id);
    asked.set(id, request);
    const sentence = await sentenceAt(part(id, "cheers").href);
    if (!isOpen(id) || asked.get(id) !== request) return;
    part(id, "names").textContent = sentence;
    announce(sentence);
  }

  return {
    toggle(id) {
      if (isOpen(id)) return close(id);
      part(id, "cheers").ariaExpanded = "true";
      part(id, "names").hidden = false;
      load(id);
    },

    /** Fetch every open list again, as a member's name has changed. */
    refreshAll() {
      for (const id of asked.keys()) this.refresh(id);
    },

    /** Fetch the list of this card again if it is open. */
    refresh(id) {
      if (!isOpen(id) || soon.has(id)) return;
      soon.add(id);
      setTimeout(load, SOON_MS, id);
    },
  };
}

async function sentenceAt(address) {
  const answer = await ask(address, { headers: { Accept: "application/json" } });
  return answer?.ok ? answer.json.sentence : "We can't show who cheered right now. Try again in a moment.";
}

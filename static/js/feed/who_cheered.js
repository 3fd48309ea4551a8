/** Who cheered: opened under an entry by its number of cheers, and told anew while it is open and the entry changes. */

import { ask } from "../ask.js";

/** Many may cheer within a moment. */
const SOON_MS = 300;

export function whoCheered(elementOf, announce) {
  const soon = new Set();
  const asked = new Map(); // the latest question for each: an answer that was overtaken counts for nothing

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

    /** Somebody is called something else now, and may have cheered anywhere. */
    tellAllAnew() {
      for (const id of asked.keys()) this.tellAnew(id);
    },

    /** Somebody cheered, or does no longer, or has left. */
    tellAnew(id) {
      if (!isOpen(id) || soon.has(id)) return;
      soon.add(id);
      setTimeout(tell, SOON_MS, id);
    },
  };
}

async function sentenceAt(address) {
  const answer = await ask(address, { headers: { Accept: "application/json" } });
  return answer?.ok ? answer.json.sentence : "That cannot be told just now.";
}

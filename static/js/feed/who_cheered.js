/** Who cheered: opened under an entry by its number of cheers, and told anew while it is open and the entry changes. */

/** Many may cheer within a moment. */
const SOON_MS = 300;

export function whoCheered(elementOf) {
  const soon = new Set();
  const asked = new Map(); // the latest question for each: an answer that was overtaken counts for nothing

  function part(id, name) {
    return elementOf(id)?.querySelector(`[data-slot=${name}]`);
  }

  function isOpen(id) {
    return part(id, "names")?.hidden === false;
  }

  function close(id) {
    Object.assign(part(id, "names"), { hidden: true, textContent: "" });
  }

  async function tell(id) {
    soon.delete(id);
    if (!isOpen(id)) return;
    const question = Symbol(id);
    asked.set(id, question);
    const sentence = await sentenceAt(part(id, "cheers").href);
    if (isOpen(id) && asked.get(id) === question) part(id, "names").textContent = sentence;
  }

  return {
    toggle(id) {
      if (isOpen(id)) return close(id);
      part(id, "names").hidden = false;
      tell(id);
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
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) return (await answer.json()).sentence;
  } catch {
    // As below.
  }
  return "That cannot be told just now.";
}

/** Shows who cheered below a card or a reply, opened by its number of cheers and fetched again when the card changes. */

import { fetchJson } from "../fetch_json.js";

/** Wait before fetching, as several cheers may arrive together. */
const SOON_MS = 300;

/** `elementOf(id)`: the card of an entry, or a reply; `say` gives the words. */
export function whoCheered(page, { elementOf, announce, say }) {
  const soon = new Set();
  const latest = new Map(); // the latest request for each card; answers to earlier ones are ignored

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
    latest.set(id, request);
    const sentence = (await sentenceAt(part(id, "cheers").href)) ?? say("cheers_unknown");
    if (!isOpen(id) || latest.get(id) !== request) return;
    part(id, "names").textContent = sentence;
    announce(sentence);
  }

  function toggle(id) {
    if (isOpen(id)) return close(id);
    part(id, "cheers").ariaExpanded = "true";
    part(id, "names").hidden = false;
    load(id);
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-slot=cheers]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(Number(link.closest("[data-id]").dataset.id));
  });

  return {
    /** Fetch every open list again, as a member's name has changed. */
    refreshAll() {
      for (const id of latest.keys()) this.refresh(id);
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
  const answer = await fetchJson(address, { headers: { Accept: "application/json" } });
  return answer?.ok ? answer.json.sentence : null;
}

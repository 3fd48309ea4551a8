/** Shows the entry or the reply that the page's address names, also if it is folded away or on an older page. */

import { isReachable } from "../fetch_json.js";

const NAMED = /^#entry-(\d+)$/;
const MOST_PAGES = 10;

/** `fetchOlder()` fetches a page of older entries; `path`: the address of the club's entries. */
export function deepLink({ entries, fetchOlder, path, announce, say }) {
  function element() {
    return document.getElementById(location.hash.slice(1));
  }

  /** Open what the element is folded into. Going to the address again moves there, and marks it as the target. */
  function reveal() {
    for (let part = element().closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    location.replace(location.hash);
  }

  /** Look through older pages. An entry that is further down has a page of its own. */
  async function look() {
    const named = NAMED.exec(location.hash);
    if (!named) return;
    for (let pages = 0; pages < MOST_PAGES && !element() && !entries.isWhole; pages += 1) {
      await fetchOlder();
      await drawn();
    }
    if (element()) return reveal();
    const address = `${path}${named[1]}/`;
    if (await isReachable(address, { redirect: "error" })) location.replace(address);
    else announce(say("entry_gone"));
  }

  addEventListener("hashchange", () => element() === null && look());
  return { look };
}

/** Resolves once the list has been drawn. */
function drawn() {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

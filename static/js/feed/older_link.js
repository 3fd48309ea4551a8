/** Fetches older entries before the link to them scrolls into view, and when it is followed. */

import { olderPages } from "../live/older_pages.js";

const MARGIN = "1200px";

/** `state`: the feed's; `path`: the club's; `draw(ids)` draws the entries of a fetched page. */
export function olderLink(link, list, { state, path, draw }) {
  const { entries } = state;
  const near = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && fetchOlder(), { rootMargin: MARGIN });
  const fetchOlder = olderPages({ next, take, done: watch });

  function next() {
    if (entries.isWhole) return null;
    const { before, ticket } = entries.beginPage();
    return { address: `${path}entries/?before=${encodeURIComponent(before)}`, ticket };
  }

  function take(answer, { ticket }) {
    draw(state.addPage(answer, ticket));
  }

  function watch() {
    link.hidden = entries.isWhole;
    near.unobserve(link);
    if (!entries.isWhole) near.observe(link); // observing again calls back if the link is still near
  }

  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const last = list.lastElementChild;
    await fetchOlder();
    requestAnimationFrame(() => last?.nextElementSibling?.querySelector("button").focus({ preventScroll: true }));
  });

  return { watch, fetchOlder, close: () => near.disconnect() };
}

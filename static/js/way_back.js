/** Restores the reader's place in a long list after Back or a reload, when the page has fewer rows than before. Scrolls
    down as the list grows, which fetches more rows, until the row that was at the top is there again. */

const BY_HAND = ["wheel", "touchmove", "keydown", "pointerdown"];
const KEY = `scrolled ${location.pathname}`;
/** How long the found row is kept in its place: rows above it get their real heights only when they come into view. */
const SETTLES_IN_MS = 1000;

export function keepPlace(list) {
  const wanted = isReturn() ? JSON.parse(sessionStorage.getItem(KEY)) : null;
  addEventListener("pagehide", () => sessionStorage.setItem(KEY, JSON.stringify(placeIn(list))));
  if (!wanted || !(wanted.y > furthest())) return;

  let settled = 0;
  const growing = new ResizeObserver(() => {
    const row = Array.from(list.children).find((one) => keyOf(one) === wanted.row);
    if (!row && furthest() < wanted.y) return scrollTo(0, wanted.y);
    if (!settled) settled = setTimeout(stop, SETTLES_IN_MS);
    if (row) scrollBy(0, row.getBoundingClientRect().top - wanted.top);
    else scrollTo(0, wanted.y);
  });

  /** Stop: the reader has scrolled by hand, or the place is reached. */
  function stop() {
    growing.disconnect();
    for (const kind of BY_HAND) removeEventListener(kind, stop);
  }

  growing.observe(list);
  for (const kind of BY_HAND) addEventListener(kind, stop, { passive: true });
}

/** The scroll position, the first visible row and that row's distance from the top of the window. */
function placeIn(list) {
  const first = Array.from(list.children).find((row) => row.getBoundingClientRect().bottom > 0);
  return { y: scrollY, row: first && keyOf(first), top: first && first.getBoundingClientRect().top };
}

function keyOf(row) {
  return row.dataset.id || row.dataset.key;
}

function isReturn() {
  return ["back_forward", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type);
}

function furthest() {
  return document.documentElement.scrollHeight - innerHeight;
}

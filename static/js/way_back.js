/** Restores the scroll position in a long list after Back or a reload, when the page has fewer rows than before. Scrolls
    down as the list grows, which fetches more rows. */

const BY_HAND = ["wheel", "touchmove", "keydown", "pointerdown"];
const KEY = `scrolled ${location.pathname}`;

export function keepPlace(list) {
  const wanted = isReturn() ? Number(sessionStorage.getItem(KEY)) : 0;
  addEventListener("pagehide", () => sessionStorage.setItem(KEY, scrollY));
  if (wanted <= furthest()) return;

  const growing = new ResizeObserver(() => {
    if (furthest() >= wanted) stop();
    scrollTo(0, wanted);
  });

  /** Stop: the reader has scrolled by hand, or the position is reached. */
  function stop() {
    growing.disconnect();
    for (const kind of BY_HAND) removeEventListener(kind, stop);
  }

  growing.observe(list);
  for (const kind of BY_HAND) addEventListener(kind, stop, { passive: true });
}

function isReturn() {
  return ["back_forward", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type);
}

function furthest() {
  return document.documentElement.scrollHeight - innerHeight;
}

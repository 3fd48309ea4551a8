/** Where the reader was in a long list, for Back and for a reload: the page begins with fewer rows than they had. It is
    scrolled down as it grows, which has further rows fetched, until it is long enough. */

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

  /** The reader has scrolled by hand, or is where they were. */
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

/** Collects the activities that arrive, and hands them on once a frame, a few hundred at most. */

const MOST_A_FRAME = 400;

/** `take(arrived)` gets a list of { item, isRead }; `isRead`: the live run has read the item. */
export function newArrivals(take) {
  let waiting = [];
  let isDue = false;
  let isOver = false;

  function takeSoon() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(takeNow);
  }

  function takeNow() {
    isDue = false;
    if (isOver) return;
    const now = waiting.slice(0, MOST_A_FRAME);
    waiting = waiting.slice(MOST_A_FRAME);
    take(now);
    if (waiting.length) takeSoon();
  }

  return {
    add(items, isRead = false) {
      for (const item of items) waiting.push({ item, isRead });
      takeSoon();
    },
    /** Forget the activities of these ids that wait. */
    drop(ids) {
      waiting = waiting.filter(({ item }) => !ids.includes(item.strava_id));
    },
    takeNow,
    close: () => (isOver = true),
  };
}

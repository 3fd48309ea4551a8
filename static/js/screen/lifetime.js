/** Keeps the timers, listeners and requests that end together when a wall is turned off. */

export function newLifetime() {
  const timers = new Set();
  const ends = [];
  // Televisions of 2018 have no AbortController: their requests run to the end, and the answers are ignored.
  const stop = window.AbortController ? new AbortController() : null;
  let isOver = false;

  return {
    /** A signal for `fetch` that aborts requests at the end. */
    signal: stop ? stop.signal : undefined,
    get isOver() {
      return isOver;
    },
    after(ms, work) {
      if (isOver) return 0;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
      return timer;
    },
    every(ms, work) {
      if (!isOver) timers.add(setInterval(work, ms));
    },
    /** Cancel a timer returned by `after`. */
    cancel(timer) {
      timers.delete(timer);
      clearTimeout(timer);
    },
    listen(target, kind, work) {
      target.addEventListener(kind, work);
      ends.push(() => target.removeEventListener(kind, work));
    },
    atEnd(work) {
      ends.push(work);
    },
    end() {
      isOver = true;
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
      if (stop) stop.abort();
      ends.splice(0).forEach((work) => work());
    },
  };
}

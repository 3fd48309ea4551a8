/** Timers, listeners and requests that end together, so that a wall that is switched off leaves none. */

export function newLifetime() {
  const timers = new Set();
  const ends = [];
  // Televisions of 2018 have none: there a request runs to its end, and its answer is ignored.
  const stop = window.AbortController ? new AbortController() : null;
  let isOver = false;

  return {
    /** For `fetch`: aborts what is under way at the end. */
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
    /** A timer of `after`. */
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

/** Computes how long a page waits before it dials its socket again.

    Each pause is a random part (full jitter) of a longest pause that doubles with every failure. */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
const GOING_AWAY_WITHIN_MS = 10000;

export function newBackOff() {
  let failures = 0;

  return {
    reset() {
      failures = 0;
    },

    /** The pause after a lost connection, and after a `hello` that brought the page no further. */
    afterFailure() {
      failures += 1;
      return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    },

    /** The pause after the server has said that its process is shutting down. The server says so after a password
        change too, when the new session's cookie has to arrive before the redial. */
    afterGoingAway() {
      failures += 1;
      return FIRST_PAUSE_MS + Math.random() * (GOING_AWAY_WITHIN_MS - FIRST_PAUSE_MS);
    },

    /** The pause before a page that has advanced reads the rest. */
    afterProgress: () => Math.random() * FIRST_PAUSE_MS,

    /** The pause that keeps dials, the last one at `dialledAt`, a second apart. */
    sinceDial: (dialledAt) => Math.max(0, dialledAt + FIRST_PAUSE_MS - performance.now()),
  };
}

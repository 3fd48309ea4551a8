/** Keeps the club's clock, set by the server's time, as a television's clock is often wrong. */

import { zoneClock } from "../days.js";

export function clubClock(zone) {
  const clock = zoneClock(zone);
  let drift = 0;

  /** Milliseconds since 1970. Unlike performance.now(), it keeps counting while the machine sleeps. */
  const now = () => Date.now() + drift;

  return {
    /** Set the clock to the time in a server's message. */
    set(serverTime) {
      drift = Date.parse(serverTime) - Date.now();
    },
    now,
    time: () => clock.timeOf(now()),
    /** The day `ago` milliseconds ago: 2026-11-21. */
    day: (ago = 0) => clock.dayOf(now() - ago),
  };
}

/** The club's clock, set by the server's time, as a television's clock is often wrong. */

import { known } from "../feed/shown.js";

export function clubClock(zone) {
  const format = (parts) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: known(zone) }, parts));
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  let drift = 0;

  /** Milliseconds since 1970. Unlike performance.now(), it keeps counting while the machine sleeps. */
  const now = () => Date.now() + drift;

  return {
    /** Set the clock to the time in a server's message. */
    set(serverTime) {
      drift = Date.parse(serverTime) - Date.now();
    },
    now,
    time: () => time.format(now()),
    /** The day `ago` milliseconds ago: 2026-11-21. */
    day: (ago = 0) => day.format(now() - ago).split("/").reverse().join("-"),
  };
}

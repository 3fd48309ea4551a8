/** The club's clock, by the server's time: the clock of a television is often wrong. */

import { known } from "../feed/shown.js";

export function clubClock(zone) {
  const format = (parts) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: known(zone) }, parts));
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  let drift = 0;

  /** Milliseconds since 1970. Unlike performance.now() this goes on while the machine sleeps. */
  const now = () => Date.now() + drift;

  return {
    /** The server said that it was this time when it wrote. */
    set(serverTime) {
      drift = Date.parse(serverTime) - Date.now();
    },
    now,
    time: () => time.format(now()),
    /** 2026-11-21, as it was `ago` milliseconds ago */
    day: (ago = 0) => day.format(now() - ago).split("/").reverse().join("-"),
  };
}

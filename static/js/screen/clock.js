/** The club's clock, by the server's time: the clock of a television is often wrong. */

import { known } from "../feed/shown.js";

export function clubClock(zone) {
  const format = (parts) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: known(zone) }, parts));
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  let drift = 0;

  return {
    /** The server said that it was this time when it wrote. */
    set(serverTime) {
      drift = Date.parse(serverTime) - Date.now();
    },
    time: () => time.format(Date.now() + drift),
    /** 2026-11-21 */
    day: () => day.format(Date.now() + drift).split("/").reverse().join("-"),
  };
}

/** Names days: which one an instant is on in a time zone, and what to call it. */

import { supportedZone } from "./time_zones.js";

const DAY_MS = 86400000;
const WEEKDAY_AND_DATE = { weekday: "long", day: "numeric", month: "long" };
const DAY = new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: "UTC" }, WEEKDAY_AND_DATE));

/** Format instants in the zone. */
export function zoneClock(zone) {
  const inZone = (parts) => new Intl.DateTimeFormat("en-GB", Object.assign({ timeZone: supportedZone(zone) }, parts));
  const time = inZone({ hour: "2-digit", minute: "2-digit" });
  const day = inZone({ year: "numeric", month: "2-digit", day: "2-digit" });
  const whole = inZone(Object.assign({ year: "numeric" }, WEEKDAY_AND_DATE));

  return {
    /** 09:02 */
    timeOf: (instant) => time.format(instant),
    /** 2026-11-21 */
    dayOf: (instant) => day.format(instant).split("/").reverse().join("-"),
    /** Saturday 21 November 2026, 09:02 */
    momentOf: (instant) => `${withoutComma(whole.format(instant))}, ${time.format(instant)}`,
  };
}

/** Name a day (2026-11-21): Today, Yesterday, Saturday 14 November, Saturday 14 November 2025. `say` gives the first two. */
export function dayWords(day, today, say) {
  const ago = (Date.parse(today) - Date.parse(day)) / DAY_MS;
  if (ago === 0) return say("day_today");
  if (ago === 1) return say("day_yesterday");
  const words = withoutComma(DAY.format(Date.parse(day)));
  return day.slice(0, 4) === today.slice(0, 4) ? words : `${words} ${day.slice(0, 4)}`;
}

/** Remove the comma that some browsers write after the weekday. */
function withoutComma(words) {
  return words.replace(",", "");
}

/** Formats numbers, durations, days and times of day. */

const NUMBER = new Intl.NumberFormat("en-GB");
const WALL = { timeZone: "UTC" };
const formats = {
  weekday: new Intl.DateTimeFormat("en-GB", { weekday: "short", ...WALL }),
  date: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...WALL }),
  year: new Intl.DateTimeFormat("en-GB", { year: "numeric", ...WALL }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", ...WALL }),
  month: new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", ...WALL }),
};
const DAY_AND_TIME = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
const TIME_OF_DAY = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function number(value) {
  return NUMBER.format(value);
}

/** Format part of the local time where it happened, in any device's zone: "2026-11-21T09:00:00+10:00". */
export function wall(iso, part) {
  return formats[part].format(Date.parse(`${iso.slice(0, 19)}Z`));
}

/** The time of day of an instant, in this device's zone. */
export function timeOfDay(instant) {
  return TIME_OF_DAY.format(instant);
}

/** A day and its time, in this device's zone: 27 November, 22:14. */
export function dayAndTime(instant) {
  return DAY_AND_TIME.format(instant).replace(" at ", ", ");
}

export function stopwatch(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Formats numbers, times and days for people, like web/activity_words.py on the server. */

const NUMBER = new Intl.NumberFormat("en-GB");
const WALL = { timeZone: "UTC" };
const formats = {
  weekday: new Intl.DateTimeFormat("en-GB", { weekday: "short", ...WALL }),
  date: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...WALL }),
  year: new Intl.DateTimeFormat("en-GB", { year: "numeric", ...WALL }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", ...WALL }),
  month: new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", ...WALL }),
};
const MOMENT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function number(value) {
  return NUMBER.format(value);
}

export function counted(value, one, several = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : several}`;
}

/** Format part of the local time where it happened, in any device's zone: "2026-11-21T09:00:00+10:00". */
export function wall(iso, part) {
  return formats[part].format(Date.parse(`${iso.slice(0, 19)}Z`));
}

/** The time of day of an instant, in this device's zone. */
export function clock(instant) {
  return CLOCK.format(instant);
}

/** A day and its time, in this device's zone: 27 November, 22:14. */
export function moment(instant) {
  return MOMENT.format(instant).replace(" at ", ", ");
}

export function stopwatch(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function distance(metres) {
  return metres ? `${(metres / 1000).toFixed(2)} km` : "";
}

/** TrailRun → Trail run. */
export function sport(name) {
  const words = name.replace(/([a-z])(?=[A-Z])/g, "$1 ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function facts(item) {
  return [distance(item.distance_m), stopwatch(item.elapsed_s), sport(item.sport_type)].filter(Boolean).join(" · ");
}

export function timeLeft(seconds) {
  if (seconds < 45) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  return minutes < 2 ? "about a minute left" : `about ${minutes} minutes left`;
}

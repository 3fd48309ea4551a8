/** The words and values that a card shows for its entry and its guests, like strava_live/web/entry_words.py on the
    server. */

import { counted, number, stopwatch } from "../words.js";
import { capital, marksOf, numbered } from "./words.js";

const DAY_MS = 86400000;
const NUMBERED = ["milestone", "history"];
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

/** `zone`: the viewer's time zone, in which days begin. */
export function shower(zone) {
  const inZone = (parts) => new Intl.DateTimeFormat("en-GB", { timeZone: known(zone), ...parts });
  const clock = inZone({ hour: "2-digit", minute: "2-digit" });
  const day = inZone({ year: "numeric", month: "2-digit", day: "2-digit" });
  const whole = inZone({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

  /** The day in the viewer's zone: 2026-11-21. */
  function dayOf(instant) {
    return day.format(instant).split("/").reverse().join("-");
  }

  return {
    dayOf,

    shown({ kind, at, athlete, data, text }, guests) {
      const instant = Date.parse(at);
      return {
        name: athlete ? athlete.name : "A member",
        initial: athlete ? Array.from(athlete.name)[0] : "",
        athleteId: athlete ? athlete.id : null,
        clock: clock.format(instant),
        moment: `${plain(whole.format(instant))}, ${clock.format(instant)}`,
        says: says(kind, data),
        title: kind === "milestone" ? numbered(data) : data.event_name || "",
        day: data.date && data.date !== dayOf(instant) ? dayWords(data.date, dayOf(Date.now())) : "",
        device: data.device || "",
        time: data.time_s ? stopwatch(data.time_s) : "",
        text: kind === "post" ? text : "",
        url: data.url || "",
        ...folded(kind, data, guests),
      };
    },
  };
}

function folded(kind, data, guests) {
  const milestone = guests.find((one) => one.kind === "milestone");
  const numberOf = milestone ? milestone.data : NUMBERED.includes(kind) && data;
  const histories = guests.filter((one) => one.kind === "history");
  return {
    milestoneId: milestone ? milestone.id : null,
    bib: numberOf ? number(numberOf.count) : "",
    marks: kind === "parkrun" ? marksOf(data, Boolean(milestone)) : [],
    earlier: histories.map((one) => ({ id: one.id, words: capital(earlierWords(one.data)) })),
  };
}

/** The zone, or undefined (the device's own) if the browser does not know it. */
export function known(zone) {
  try {
    Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone;
  } catch (unknown) {
    return undefined;
  }
}

function says(kind, data) {
  if (kind === "milestone") return `at ${data.event_name.replace(/ parkrun$/, "")}`;
  if (kind === "history") return earlierWords(data);
  return kind === "joined" ? "has joined. Welcome!" : "";
}

function earlierWords({ count, since, junior }) {
  const counts = counted(count, junior ? "earlier junior parkrun" : "earlier parkrun");
  return `added ${counts}, ${count === 1 ? "from" : "back to"} ${since}`;
}

/** Name a day (2026-11-21): Today, Yesterday, Saturday 14 November, Saturday 14 November 2025. */
export function dayWords(day, today) {
  const ago = (Date.parse(today) - Date.parse(day)) / DAY_MS;
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  const words = plain(DAY.format(Date.parse(day)));
  return day.slice(0, 4) === today.slice(0, 4) ? words : `${words} ${day.slice(0, 4)}`;
}

/** Remove the comma that some browsers write after the weekday. */
function plain(words) {
  return words.replace(",", "");
}

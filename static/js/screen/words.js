/** Words about a parkrun on a wall, by the same rules as strava_live/web/screen_words.py. */

import { marksOf, numbered, praises } from "../feed/words.js";
import { number, stopwatch } from "../words.js";

/** parkrun celebrates these, and a junior's 10th too. */
const MILESTONES = [25, 50, 100, 250, 500, 1000];

export function isMilestone({ count, junior }) {
  return MILESTONES.includes(count) || (junior && count === 10);
}

export function nameOf(entry) {
  return entry.athlete ? entry.athlete.name : "A member";
}

/** Leave out "parkrun" to save room. */
export function short(eventName) {
  return eventName.replace(" junior parkrun", " juniors").replace(" parkrun", "");
}

export function timeOf({ time_s: seconds }) {
  return seconds ? stopwatch(seconds) : "";
}

/** Return "Garmin [model]" for what a Garmin device recorded, as Garmin's brand guidelines ask. */
export function deviceOf({ device }) {
  return device || "";
}

/** The most important note about a run, for its row on the board. */
export function noteOf(data) {
  if (isMilestone(data)) return { words: numbered(data), sun: true };
  const [praise] = praises(data);
  return praise ? { words: praise, sun: true } : { words: numbered(data), sun: false };
}

/** The marks of a run in its moment, without a milestone's number, which is shown large. */
export function marksBeside(data) {
  return marksOf(isMilestone(data) ? Object.assign({}, data, { count: null }) : data);
}

export function parkruns({ count, junior }) {
  return { count: number(count), words: junior ? "junior parkruns" : "parkruns" };
}

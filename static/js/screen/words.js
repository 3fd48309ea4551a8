/** What a wall says of one parkrun; strava_live/web/screen_words.py says the same of what stands there already. */

import { marksOf, numbered, praises } from "../feed/words.js";
import { number, stopwatch } from "../words.js";

/** Parkrun celebrates these, and its juniors a tenth one too. */
const MILESTONES = [25, 50, 100, 250, 500, 1000];

export function isMilestone({ count, junior }) {
  return MILESTONES.includes(count) || (junior && count === 10);
}

export function nameOf(entry) {
  return entry.athlete ? entry.athlete.name : "A member";
}

/** On a wall nobody needs to be told that it is a parkrun. */
export function short(eventName) {
  return eventName.replace(/ parkrun$/, "");
}

export function timeOf({ time_s: seconds }) {
  return seconds ? stopwatch(seconds) : "";
}

/** Garmin asks that what one of its devices has recorded is shown with its name. */
export function deviceOf({ device }) {
  return device || "";
}

/** The one thing to say of it in a line. */
export function noteOf(data) {
  if (isMilestone(data)) return { words: numbered(data), sun: true };
  const [praise] = praises(data);
  return praise ? { words: praise, sun: true } : { words: numbered(data), sun: false };
}

/** All there is to say of it in a moment of its own; the number of a milestone stands there in full size. */
export function marksBeside(data) {
  return marksOf(isMilestone(data) ? Object.assign({}, data, { count: null }) : data);
}

export function parkruns({ count, junior }) {
  return { count: number(count), words: junior ? "junior parkruns" : "parkruns" };
}

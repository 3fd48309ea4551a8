/** What a wall says of one parkrun; strava_live/web/screen_words.py says the same of what stands there already. */

import { ordinal } from "../feed/shown.js";
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

function numbered({ count, junior }) {
  return count ? `${ordinal(count)} ${junior ? "junior " : ""}parkrun` : "";
}

function praises({ first_here: firstHere, best }) {
  const found = [];
  if (firstHere) found.push("first time here");
  if (best) found.push(best === "ever" ? "best time ever" : "best time here");
  return found;
}

/** The one thing to say of it in a line. */
export function noteOf(data) {
  if (isMilestone(data)) return { words: numbered(data), sun: true };
  const [praise] = praises(data);
  return praise ? { words: praise, sun: true } : { words: numbered(data), sun: false };
}

/** All there is to say of it in a moment of its own; the number of a milestone stands there in full size. */
export function marksOf(data) {
  const marks = praises(data).map((words) => ({ words: capital(words), sun: true }));
  const words = numbered(data);
  return words && !isMilestone(data) ? [{ words, sun: false }].concat(marks) : marks;
}

export function parkruns({ count, junior }) {
  return { count: number(count), words: junior ? "junior parkruns" : "parkruns" };
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

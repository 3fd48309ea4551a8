/** Words about a parkrun, for pages and walls. */

import { number } from "../words.js";

export function numbered({ count, junior }) {
  return count ? `${ordinal(count)} ${junior ? "junior " : ""}parkrun` : "";
}

/** The achievements of a parkrun: first time here, PB. */
export function praises({ first_here: firstHere, best }) {
  const found = [];
  if (firstHere) found.push("first time here");
  if (best) found.push(best === "ever" ? "PB" : "PB here");
  return found;
}

/** The badges: the parkrun's number, sun-coloured if it is a milestone, then the praises. */
export function marksOf(data, isMilestone = false) {
  const marks = praises(data).map((words) => ({ words: capital(words), sun: true }));
  const words = numbered(data);
  return words ? [{ words, sun: isMilestone }].concat(marks) : marks;
}

function ordinal(count) {
  const teen = [11, 12, 13].includes(count % 100);
  return `${number(count)}${(!teen && { 1: "st", 2: "nd", 3: "rd" }[count % 10]) || "th"}`;
}

export function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

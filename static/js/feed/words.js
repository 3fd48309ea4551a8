/** What is said of a parkrun, on a page and on a wall. */

import { number } from "../words.js";

export function numbered({ count, junior }) {
  return count ? `${ordinal(count)} ${junior ? "junior " : ""}parkrun` : "";
}

/** What is worth a cheer of its own. */
export function praises({ first_here: firstHere, best }) {
  const found = [];
  if (firstHere) found.push("first time here");
  if (best) found.push(best === "ever" ? "best time ever" : "best time here");
  return found;
}

/** With all there is to say of it: how many-eth, then the praises. */
export function marksOf(data) {
  const marks = praises(data).map((words) => ({ words: capital(words), sun: true }));
  const words = numbered(data);
  return words ? [{ words, sun: false }].concat(marks) : marks;
}

function ordinal(count) {
  const teen = [11, 12, 13].includes(count % 100);
  return `${number(count)}${(!teen && { 1: "st", 2: "nd", 3: "rd" }[count % 10]) || "th"}`;
}

function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

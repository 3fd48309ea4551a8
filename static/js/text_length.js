/** Counts the characters of a text as the server does. */

/** The length of the text trimmed, with runs of empty lines as one, in Unicode characters. */
export function lengthOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").trim();
  return Array.from(lines.replace(/\n(?:[^\S\n]*\n){2,}/g, "\n\n")).length;
}

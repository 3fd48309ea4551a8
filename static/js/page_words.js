/** Gives the sentences for what only the browser knows, such as the state of the connection or a count of cards.

    The server writes them into the page (strava_live/web/script_words.py), so that all words are made in one place. */

import { number } from "./formats.js";

/** Return say(name, values): the page's sentence `name` with values in place of {value}. Numbers are formatted; of a
    sentence with two forms, `values.count` chooses one. */
export function pageWords() {
  const sentences = JSON.parse(document.getElementById("page-words").textContent);

  return (name, values = {}) => {
    const sentence = sentences[name];
    const form = typeof sentence === "string" ? sentence : sentence[values.count === 1 ? "one" : "other"];
    return form.replace(/{(\w+)}/g, (_, key) => (typeof values[key] === "number" ? number(values[key]) : values[key]));
  };
}

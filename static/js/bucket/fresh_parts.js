/** Fetches the page again and replaces what a sending has changed, or what Bucket had not answered in time. */

import { fetchPage } from "../fetch_json.js";
import { morph } from "../live/morph.js";

const TOKENS = "input[name=csrfmiddlewaretoken]";

/** Returns the function that fetches the page, patiently, and replaces its parts. Things stay as they are while a form
    among them is open. */
export function freshParts(page) {
  function replace(old, fresh) {
    const next = fresh.getElementById(old.id);
    if (!next) return;
    const token = page.querySelector(TOKENS);
    for (const field of next.querySelectorAll(TOKENS)) field.setAttribute("value", token.value);
    morph(old, next);
  }

  return async () => {
    const fresh = await fetchPage(`${location.pathname}?wait=yes`);
    if (!fresh) return;
    for (const part of Array.from(page.querySelectorAll("[data-fresh]"))) replace(part, fresh);
    const things = page.querySelector("[data-things]");
    if (things && !things.querySelector("details[open]")) replace(things, fresh);
  };
}

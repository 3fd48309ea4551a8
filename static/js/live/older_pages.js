/** Fetches pages of older items over HTTP, one at a time, and rests after a request that failed. */

import { fetchJson } from "../fetch_json.js";

const REST_MS = 2000;

/** `next()` returns the next page as { address, … }, or null if there is none; `take(json, page)` gets its answer;
    `done()` is called after every answer or rest, when the next request may begin. Returns the function that fetches. */
export function olderPages({ next, take, done }) {
  let isFetching = false;

  return async function fetchOlder() {
    const page = isFetching ? null : next();
    if (!page) return;
    isFetching = true;
    const answer = await fetchJson(page.address);
    if (answer && answer.ok) take(answer.json, page);
    else await new Promise((rested) => setTimeout(rested, REST_MS));
    isFetching = false;
    done();
  };
}

/** Fetches the wall's figures from `figures/` below the page, whenever something has changed, at most every few
    seconds. */

import { fetchJson } from "../fetch_json.js";

const EVERY_MS = 3000;
const AT_ONCE_MS = 250;
const ALWAYS_AFTER_MS = 10 * 60000;

export function figures({ take, gone, life }) {
  const address = new URL("figures/", location.href.split(/[?#]/)[0]);
  let timer = 0;
  let due = Infinity;
  let sentAt = -Infinity;
  let isFetching = false;
  let withdrawals = 0;

  function plan(at) {
    if (at >= due) return;
    due = at;
    life.cancel(timer);
    timer = life.after(Math.max(0, due - performance.now()), fetchNow);
  }

  async function fetchNow() {
    due = Infinity;
    if (isFetching) return plan(performance.now() + AT_ONCE_MS);
    isFetching = true;
    const known = withdrawals;
    sentAt = performance.now();
    const answer = await fetchJson(address, { cache: "no-store", credentials: "omit", signal: life.signal });
    isFetching = false;
    if (life.isOver) return;
    // Check the code: a 404 alone may come from a proxy during a deploy.
    if (answer && answer.json.code === "no_screen") return gone();
    // Discard an answer requested before a member withdrew, as it may name them.
    if (answer && answer.ok && known === withdrawals) take(answer.json);
    plan(performance.now() + (answer && answer.ok ? ALWAYS_AFTER_MS : 2 * EVERY_MS));
  }

  plan(performance.now() + ALWAYS_AFTER_MS);

  return {
    /** Fetch soon: something has changed. */
    soon: () => plan(Math.max(sentAt + EVERY_MS, performance.now() + AT_ONCE_MS)),
    /** Fetch now, and discard an answer under way: a member may no longer be named. */
    atOnce() {
      withdrawals += 1;
      plan(performance.now() + AT_ONCE_MS);
    },
  };
}

/** The wall's numbers, from the address beside the page: fetched whenever something has changed, and not more often than
    every few seconds. */

import { ask } from "../ask.js";

const EVERY_MS = 3000;
const AT_ONCE_MS = 250;
const ANYHOW_MS = 10 * 60000;

export function figures({ take, gone, life }) {
  const address = new URL("figures/", location.href.split(/[?#]/)[0]);
  let timer = 0;
  let due = Infinity;
  let askedAt = -Infinity;
  let asking = false;
  let withdrawals = 0;

  function plan(at) {
    if (at >= due) return;
    due = at;
    life.cancel(timer);
    timer = life.after(Math.max(0, due - performance.now()), askNow);
  }

  async function askNow() {
    due = Infinity;
    if (asking) return plan(performance.now() + AT_ONCE_MS);
    asking = true;
    const known = withdrawals;
    askedAt = performance.now();
    const answer = await ask(address, { cache: "no-store", credentials: "omit", signal: life.signal });
    asking = false;
    if (life.isOver) return;
    // Only this site says so: a proxy may answer 404 while a deploy is under way.
    if (answer && answer.json.code === "no_screen") return gone();
    // An answer from before a member withdrew may still name them.
    if (answer && answer.ok && known === withdrawals) take(answer.json);
    plan(performance.now() + (answer && answer.ok ? ANYHOW_MS : 2 * EVERY_MS));
  }

  plan(performance.now() + ANYHOW_MS);

  return {
    /** Something is new. */
    soon: () => plan(Math.max(askedAt + EVERY_MS, performance.now() + AT_ONCE_MS)),
    /** A member may no longer be named. */
    atOnce() {
      withdrawals += 1;
      plan(performance.now() + AT_ONCE_MS);
    },
  };
}

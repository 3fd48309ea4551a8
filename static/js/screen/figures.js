/** The wall's numbers, from the address beside the page: asked for whenever something has changed, and not more often
    than every few seconds. */

import { ask } from "../ask.js";

const EVERY_MS = 3000;
const AT_ONCE_MS = 250;
const ANYHOW_MS = 10 * 60000;

export function figures({ take, gone }) {
  const address = new URL("figures/", location.href.split(/[?#]/)[0]);
  let timer = 0;
  let due = Infinity;
  let askedAt = -Infinity;
  let asking = false;
  let withdrawals = 0;

  function plan(at) {
    if (at >= due) return;
    due = at;
    clearTimeout(timer);
    timer = setTimeout(askNow, Math.max(0, due - performance.now()));
  }

  async function askNow() {
    due = Infinity;
    if (asking) return plan(performance.now() + AT_ONCE_MS);
    asking = true;
    const known = withdrawals;
    askedAt = performance.now();
    const answer = await ask(address, { cache: "no-store", credentials: "omit" });
    asking = false;
    // Only this site says so: what stands before it may answer 404 while a deploy is under way.
    if (answer && answer.json.code === "no_screen") return gone();
    // What was asked for before somebody withdrew may still name them.
    if (answer && answer.ok && known === withdrawals) take(answer.json);
    plan(performance.now() + (answer && answer.ok ? ANYHOW_MS : 2 * EVERY_MS));
  }

  plan(performance.now() + ANYHOW_MS);

  return {
    /** Something is new. */
    soon: () => plan(Math.max(askedAt + EVERY_MS, performance.now() + AT_ONCE_MS)),
    /** Somebody is no longer to be named. */
    atOnce() {
      withdrawals += 1;
      plan(performance.now() + AT_ONCE_MS);
    },
  };
}

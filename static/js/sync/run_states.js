/** Names the states of a run as the page shows them. */

const LIVE = ["running", "rate_limit", "strava_down", "busy"];
/** Codes of failures that connecting Strava again solves. */
export const REFUSED = ["not_connected", "reconnect_needed", "scope_missing"];

/** Why the run waits, or else its state; "before" the first run. */
export function stateOf(run) {
  if (!run) return "before";
  return run.state === "waiting" ? (run.waiting?.reason ?? "busy") : run.state;
}

export function isLive(run) {
  return LIVE.includes(stateOf(run));
}

/** Whether the run failed and needs Strava to be connected again. */
export function isRefused(run) {
  return run?.state === "failed" && REFUSED.includes(run.failure?.code);
}

/** Computes how far back a run has read, and estimates the time left. */

const SAMPLE_FOR_MS = 3_000;

export function progressOf() {
  let began = null;

  /** `basis`: { first, joined }, in ms or null: the oldest known start, and when the Strava account was created.
      Returns { share, end, left }, null where unknown. `end` is the instant at which the run is expected to end. */
  return (run, basis, now) => {
    const { share, end } = shareOf(run, basis);
    if (share === null || run.state !== "running") {
      began = null;
      return { share, end, left: null };
    }
    if (began?.id !== run.id || share < began.share) began = { id: run.id, share, now };
    const [gone, ms] = [share - began.share, now - began.now];
    const left = ms > SAMPLE_FOR_MS && gone > 0.02 ? ((1 - share) / gone) * (ms / 1000) : null;
    return { share, end, left };
  };
}

const UNKNOWN = { share: null, end: null };

/** The share read so far, from the run's newest day back to its end: its own first day, or else the oldest known
    activity, or else the day the athlete joined Strava. Activities older than that may have been uploaded later. */
function shareOf(run, { first, joined }) {
  const top = run.until ? Date.parse(run.until) + 86_400_000 : Date.parse(run.started_at);
  const oldest = run.oldest ? Date.parse(run.oldest) : top;
  const end = run.since ? Date.parse(run.since) : [first, joined].find((one) => one !== null && one < oldest) ?? null;
  if (end === null || end >= top) return UNKNOWN;
  return { share: Math.min(1, Math.max(0, (top - oldest) / (top - end))), end };
}

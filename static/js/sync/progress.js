/** How far back a run has got, and how long it may still take: as soon as there is something to measure it by. */

const SAMPLE_FOR_MS = 3_000;

export function progressOf() {
  let began = null;

  /** `basis`: { first, joined }, in ms or null: the oldest start that was known, and when the Strava account was made.
      Returns { share, end, left }, all null when the beginning is not known. `end` is the instant to which it is measured. */
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

/** From the newest day of the run back to where it will end: its own first day, or else the oldest activity known, or
    else the day on which the athlete joined Strava. Older activities than that may have been uploaded later. */
function shareOf(run, { first, joined }) {
  const top = run.until ? Date.parse(run.until) + 86_400_000 : Date.parse(run.started_at);
  const oldest = run.oldest ? Date.parse(run.oldest) : top;
  const end = run.since ? Date.parse(run.since) : [first, joined].find((one) => one !== null && one < oldest) ?? null;
  if (end === null || end >= top) return UNKNOWN;
  return { share: Math.min(1, Math.max(0, (top - oldest) / (top - end))), end };
}

/** How far back a run has got, and how long it may still take: only when its end is known. */

const SAMPLE_FOR_MS = 3_000;

export function progressOf() {
  let began = null;

  /** `first`: the start of the oldest activity known before this run began, in ms, or null.
      Gives { share, left }: both null when nobody can know. */
  return (run, first, now) => {
    const share = shareOf(run, first);
    if (share === null || run.state !== "running") {
      began = null;
      return { share, left: null };
    }
    if (began?.id !== run.id || share < began.share) began = { id: run.id, share, now };
    const [gone, ms] = [share - began.share, now - began.now];
    const left = ms > SAMPLE_FOR_MS && gone > 0.02 ? ((1 - share) / gone) * (ms / 1000) : null;
    return { share, left };
  };
}

/** From the newest day of the run back to where it will end: its own first day, or the oldest activity known. */
function shareOf(run, first) {
  if (!run.oldest) return run.since ? 0 : null;
  const top = run.until ? Date.parse(run.until) + 86_400_000 : Date.parse(run.started_at);
  const end = run.since ? Date.parse(run.since) : first;
  const oldest = Date.parse(run.oldest);
  if (end === null || end >= top || oldest <= end) return run.since ? 1 : null;
  return Math.min(1, Math.max(0, (top - oldest) / (top - end)));
}

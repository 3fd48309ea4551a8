/** Reloads a wall once a night and after a deploy, while no moment is shown and only if the site answers, so that no
    television ends on a browser's error page. A machine that slept through the night reloads when it wakes. */

import { isReachable } from "../fetch_json.js";

const LOOK_EVERY_MS = 20000;
const MINUTE_MS = 60000;
const HOUR_MS = 60 * MINUTE_MS;
const NIGHT_ENDS_MS = 4 * HOUR_MS;
const YOUNG_MS = 3 * HOUR_MS;

export function nightWatch({ clock, life, isQuiet }) {
  // A random minute between four and half past five, so that a site's walls do not all reload together.
  const nightEnds = NIGHT_ENDS_MS + Math.floor(Math.random() * 90) * MINUTE_MS;
  const loaded = { at: clock.now(), night: clock.day(nightEnds) };
  let wanted = false;
  let isChecking = false;

  function isDue() {
    return clock.day(nightEnds) !== loaded.night && clock.now() - loaded.at > YOUNG_MS;
  }

  async function reloadIfDue() {
    document.documentElement.dataset.pulse = Math.round(performance.now());
    wanted = wanted || isDue();
    if (!wanted || isChecking || !isQuiet()) return;
    isChecking = true;
    const isUp = await isReachable(location.href, { signal: life.signal });
    isChecking = false;
    if (isUp && isQuiet() && !life.isOver) location.reload();
  }

  life.every(LOOK_EVERY_MS, reloadIfDue);
  reloadIfDue();

  return {
    /** Reload as soon as possible. */
    want() {
      wanted = true;
      reloadIfDue();
    },
  };
}

/** Reloads an open wall once a night and after a deploy: at a quiet moment, and only while the site answers, so that no
    television ends on a browser's error page. A wall that slept through the night reloads when it wakes. */

import { isThere } from "../ask.js";

const LOOK_EVERY_MS = 20000;
const MINUTE_MS = 60000;
const HOUR_MS = 60 * MINUTE_MS;
const NIGHT_ENDS_MS = 4 * HOUR_MS;
const YOUNG_MS = 3 * HOUR_MS;

export function nightWatch({ clock, life, isQuiet }) {
  // Not all the walls of a site in the same minute: some time between four and half past five.
  const nightEnds = NIGHT_ENDS_MS + Math.floor(Math.random() * 90) * MINUTE_MS;
  const loaded = { at: clock.now(), night: clock.day(nightEnds) };
  let wanted = false;
  let isAsking = false;

  function isDue() {
    return clock.day(nightEnds) !== loaded.night && clock.now() - loaded.at > YOUNG_MS;
  }

  async function look() {
    document.documentElement.dataset.pulse = Math.round(performance.now());
    wanted = wanted || isDue();
    if (!wanted || isAsking || !isQuiet()) return;
    isAsking = true;
    const there = await isThere(location.href, { signal: life.signal });
    isAsking = false;
    if (there && isQuiet() && !life.isOver) location.reload();
  }

  life.every(LOOK_EVERY_MS, look);
  look();

  return {
    /** As soon as possible. */
    want() {
      wanted = true;
      look();
    },
  };
}

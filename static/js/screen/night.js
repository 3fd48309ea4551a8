/** When an open wall loads itself anew: once a night, and after a deploy; at a quiet moment, and only while the site is
    there, so that no television ends on a browser's error page. */

const LOOK_EVERY_MS = 20000;
const NIGHT_HOUR = "04";
const YOUNG_MS = 3 * 3600000;

export function nightWatch({ clock, isQuiet }) {
  const began = performance.now();
  // Not all the walls of a site in the same minute.
  const minute = String(Math.floor(Math.random() * 60)).padStart(2, "0");
  let wanted = false;

  function isNight() {
    return clock.time() >= `${NIGHT_HOUR}:${minute}` && clock.time() < "05:30" && performance.now() - began > YOUNG_MS;
  }

  async function look() {
    document.documentElement.dataset.pulse = Math.round(performance.now());
    if (!(wanted || isNight()) || !isQuiet()) return;
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer && answer.ok) location.reload();
  }

  setInterval(look, LOOK_EVERY_MS);
  look();

  return {
    /** As soon as it can be done. */
    want() {
      wanted = true;
      look();
    },
  };
}

/** Shows whether the wall is connected and, when it is not, since when. */

const DOT = { live: "link-live", offline: "link-lost", over: "link-lost" };

export function wallConnection({ link, line, clock, say }) {
  let lostSince = null;

  return {
    show({ state, words }) {
      if (state === "live") lostSince = null;
      else lostSince = lostSince || { at: clock.now(), time: clock.time() };
      link.className = `link ${DOT[state] || ""}`;
      line.textContent = lostSince ? say("last_updated", { words, time: lostSince.time }) : words;
    },
    /** For how long the wall has been without a connection, in ms. */
    lostFor: () => (lostSince ? clock.now() - lostSince.at : 0),
  };
}

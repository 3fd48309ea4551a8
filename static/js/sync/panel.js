/** The panel at the head of the page: which of its parts speak, and the figures in them. */

import { clock, number, stopwatch, timeLeft, wall } from "../words.js";

const LIVE = ["running", "rate_limit", "strava_down", "busy"];
const RECONNECT = ["not_connected", "reconnect_needed", "scope_missing"];

export function stateOf(run) {
  if (!run) return "before";
  return run.state === "waiting" ? (run.waiting?.reason ?? "busy") : run.state;
}

export function isLive(run) {
  return LIVE.includes(stateOf(run));
}

export function runPanel(panel) {
  const parts = Array.from(panel.querySelectorAll("[data-part]"));
  const slots = (name) => panel.querySelectorAll(`[data-slot=${name}]`);
  let countdown = 0;

  function write(name, words) {
    for (const slot of slots(name)) if (slot.textContent !== words) slot.textContent = words;
  }

  function speaking(state, code) {
    const reconnect = state === "failed" && RECONNECT.includes(code);
    const parts = new Set([state]);
    if (LIVE.includes(state)) return parts.add("live");
    if (reconnect) return parts.add("reconnect");
    return parts.add("start").add(state === "finished" ? "again" : "first");
  }

  /** "in 3:12, at 15:45", once a second; `drift` is how far this device's clock is behind the server's. */
  function count(until, drift) {
    clearTimeout(countdown);
    const left = Math.ceil((until - Date.now() - drift) / 1000);
    write("countdown", left > 0 ? `in ${stopwatch(left)}, at ${clock(until - drift)}` : "any moment now");
    if (left > 0) countdown = setTimeout(() => count(until, drift), 1000);
  }

  return {
    show(run, { progress, drift }) {
      clearTimeout(countdown);
      const state = stateOf(run);
      const wanted = speaking(state, run?.failure?.code);
      for (const part of parts) part.hidden = !wanted.has(part.dataset.part);
      if (!run) return;
      write("found", number(run.found));
      write("saved", number(run.saved));
      write("oldest", run.oldest ? wall(run.oldest, "month") : "today");
      if (run.failure) {
        write("failure", run.failure.message);
        write("next_step", run.failure.next_step);
      }
      this.progress(progress);
      if (run.waiting?.until) count(Date.parse(run.waiting.until), drift);
      else write("countdown", "soon");
    },

    progress({ share, left }) {
      for (const bar of slots("progress")) {
        bar.hidden = share === null;
        if (share !== null) bar.value = share;
      }
      const unknown = "How much there is only shows at the end: Strava does not say.";
      const covered = share === null ? unknown : `${Math.floor(share * 100)} % of the time covered`;
      write("left", left === null ? covered : `${covered}, ${timeLeft(left)}`);
    },

    ticker(words) {
      write("ticker", words);
    },

    sentence(words) {
      write("sentence", words);
    },

    error(words) {
      for (const line of slots("error")) line.hidden = !words;
      write("error", words);
    },
  };
}

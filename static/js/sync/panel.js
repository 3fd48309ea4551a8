/** The panel at the top of the page: which of its parts are shown, and the figures in them. */

import { clock, counted, moment, number, stopwatch, timeLeft, wall } from "../words.js";
import { milestoneWords } from "./milestones.js";

const LIVE = ["running", "rate_limit", "strava_down", "busy"];
export const REFUSED = ["not_connected", "reconnect_needed", "scope_missing"];
const NO_TOTAL = "Strava won't tell us the total until we reach the end.";

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

/** The parts to show. `ready`: whether Strava is connected now, which an old run's failure does not tell. */
function partsToShow(run, { ready, isStarting, isHere }) {
  if (isLive(run)) return [stateOf(run), "live"];
  if (isStarting) return ["starting"];
  if (ready) return [isRefused(run) ? "reconnected" : stateOf(run), "start"];
  return isHere ? ["failed", "reconnect"] : ["connect"];
}

export function runPanel(panel) {
  const parts = Array.from(panel.querySelectorAll("[data-part]"));
  const slots = (name) => panel.querySelectorAll(`[data-slot=${name}]`);
  const milestone = panel.querySelector("[data-milestone]");
  let countdown = 0;
  let isDone = false;

  function write(name, words) {
    for (const slot of slots(name)) if (slot.textContent !== words) slot.textContent = words;
  }

  /** "Trying again in 3:12, at 15:45", once a second; `drift` is how far this device's clock is behind the server's. */
  function count(words, until, drift) {
    clearTimeout(countdown);
    const left = Math.ceil((until - Date.now() - drift) / 1000);
    write("countdown", left > 0 ? `${words} in ${stopwatch(left)}, at ${clock(until - drift)}` : `${words} any moment now`);
    if (left > 0) countdown = setTimeout(() => count(words, until, drift), 1000);
  }

  /** Emphasise one button: at the end of an import, the link to its results. */
  function emphasise() {
    const forms = Array.from(panel.querySelectorAll("[data-offer]:not([hidden])"));
    forms.forEach((form, place) => form.querySelector("button").classList.toggle("button-quiet", isDone || place > 0));
  }

  function wait(run, drift) {
    clearTimeout(countdown);
    const words = stateOf(run) === "rate_limit" ? "Carrying on" : "Trying again";
    if (run.waiting?.until) count(words, Date.parse(run.waiting.until), drift);
    else write("countdown", `${words} soon`);
  }

  return {
    /** `isStarting`: whether an import is about to start by itself; `isHere`: whether the run failed while this page
        was open. */
    show(run, { ready, isStarting, isHere, drift }) {
      const wanted = partsToShow(run, { ready, isStarting, isHere });
      const focused = panel.contains(document.activeElement) ? document.activeElement : null;
      for (const part of parts) part.hidden = !wanted.includes(part.dataset.part);
      if (focused && focused.offsetParent === null) panel.focus(); // its button has gone, such as Stop
      if (!run) return;
      isDone = run.state === "finished";
      emphasise();
      write("checked", counted(run.found, "activity", "activities"));
      if (run.ended_at) write("last", lastImport(run));
      if (run.failure) {
        write("failure", run.failure.message);
        write("next_step", run.failure.next_step);
      }
      wait(run, drift);
    },

    /** Show the counts of the import. */
    count({ found, saved, oldest }) {
      write("found", number(found));
      write("found_word", found === 1 ? "activity" : "activities");
      write("saved", number(saved));
      write("saved_word", saved === 1 ? "parkrun" : "parkruns");
      write("oldest", oldest ? wall(oldest, "month") : "today");
      const words = milestoneWords(saved);
      if (milestone.textContent.trim() === words) return;
      write("milestone", words);
      milestone.classList.remove("sync-milestone-new");
      if (words) requestAnimationFrame(() => milestone.classList.add("sync-milestone-new"));
    },

    progress({ share, end, left }) {
      for (const bar of slots("progress")) {
        bar.hidden = share === null;
        if (share !== null) bar.value = share;
      }
      const covered = share === null ? NO_TOTAL : `${Math.floor(share * 100)}% of the way back to ${monthOf(end)}`;
      write("left", left === null ? covered : `${covered}, ${timeLeft(left)}`);
    },

    /** Show the server's figures: the totals, the next steps and the possible imports. */
    offer({ sentence, summary, since_last: sinceLast, rest, all_label: allLabel }) {
      write("sentence", sentence);
      write("kept", counted(summary.activities, "activity", "activities"));
      for (const line of panel.querySelectorAll("[data-kept]")) line.hidden = !summary.activities;
      panel.querySelector("[data-next-parkruns]").hidden = !summary.parkruns;
      panel.querySelector("[data-next-maybes]").hidden = !summary.maybes;
      write("to_check", `Check ${counted(summary.maybes, "maybe")}`);
      const offers = { rest, new: sinceLast && { since: sinceLast, label: "Look for new runs" }, all: { label: allLabel } };
      for (const [name, offered] of Object.entries(offers)) {
        const form = panel.querySelector(`[data-offer=${name}]`);
        form.hidden = !offered;
        if (!offered) continue;
        form.elements.since.value = offered.since ?? "";
        form.elements.until.value = offered.until ?? "";
        form.querySelector("button").textContent = offered.label;
      }
      emphasise();
    },

    error(words) {
      for (const line of slots("error")) line.hidden = !words;
      write("error", words);
    },
  };
}

function lastImport({ found, saved, ended_at: endedAt }) {
  const checked = `${counted(found, "activity", "activities")} checked`;
  return `${checked}, ${counted(saved, "new parkrun")}, ${moment(Date.parse(endedAt))}`;
}

function monthOf(instant) {
  return wall(new Date(instant).toISOString(), "month");
}

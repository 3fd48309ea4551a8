/** Shows the panel at the top of My Strava: the parts for the state of the run, and the figures in them. */

import { dayAndTime, number, wall } from "../formats.js";
import { runCountdown } from "./countdown.js";
import { isLive, isRefused, stateOf } from "./run_states.js";

const A_MINUTE_S = 45;

/** `say` gives the words for what depends on the counts in the page. */
export function runPanel(panel, say) {
  const parts = Array.from(panel.querySelectorAll("[data-part]"));
  const slots = (name) => panel.querySelectorAll(`[data-slot=${name}]`);
  const milestone = panel.querySelector("[data-milestone]");
  const countDown = runCountdown({ write: (words) => write("countdown", words), say });
  let isDone = false;

  function write(name, words) {
    for (const slot of slots(name)) if (slot.textContent !== words) slot.textContent = words;
  }

  /** Emphasise one button: at the end of an import, the link to its results. */
  function emphasise() {
    const forms = Array.from(panel.querySelectorAll("[data-offer]:not([hidden])"));
    forms.forEach((form, place) => form.querySelector("button").classList.toggle("button-quiet", isDone || place > 0));
  }

  function showMilestone(words) {
    if (milestone.textContent.trim() === words) return;
    write("milestone", words);
    milestone.classList.remove("sync-milestone-new");
    if (words) requestAnimationFrame(() => milestone.classList.add("sync-milestone-new"));
  }

  function showForm(name, offered) {
    const form = panel.querySelector(`[data-offer=${name}]`);
    form.hidden = !offered;
    if (!offered) return;
    form.elements.since.value = offered.since ?? "";
    form.elements.until.value = offered.until ?? "";
    if (offered.label) form.querySelector("button").textContent = offered.label;
  }

  /** "50% of the way back to Mar 2014, about 2 minutes left". */
  function progressWords({ share, end, left }) {
    if (share === null) return say("no_total");
    const covered = say("covered", { percent: Math.floor(share * 100), month: wall(new Date(end).toISOString(), "month") });
    if (left === null) return covered;
    const minutes = Math.max(1, Math.round(left / 60));
    const words = left < A_MINUTE_S ? say("moments_left") : say("minutes_left", { count: minutes });
    return `${covered}, ${words}`;
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
      write("checked", run.checked);
      write("result", run.result);
      if (run.ended_at) write("ended", dayAndTime(Date.parse(run.ended_at)));
      if (run.failure) {
        write("failure", run.failure.message);
        write("next_step", run.failure.next_step);
      }
      showMilestone(run.milestone);
      countDown(run, drift);
    },

    /** Show the counts of the import. */
    count({ found, saved, oldest }) {
      write("found", number(found));
      write("found_word", say("found_word", { count: found }));
      write("saved", number(saved));
      write("saved_word", say("saved_word", { count: saved }));
      write("oldest", oldest ? wall(oldest, "month") : say("today"));
    },

    progress(progress) {
      for (const bar of slots("progress")) {
        bar.hidden = progress.share === null;
        if (progress.share !== null) bar.value = progress.share;
      }
      write("left", progressWords(progress));
    },

    /** Show the server's figures: the totals, the next steps and the possible imports. */
    offer({ sentence, kept, to_check: toCheck, summary, since_last: sinceLast, rest, all_label: allLabel }) {
      write("sentence", sentence);
      write("kept", kept);
      for (const line of panel.querySelectorAll("[data-kept]")) line.hidden = !summary.activities;
      panel.querySelector("[data-next-parkruns]").hidden = !summary.parkruns;
      panel.querySelector("[data-next-maybes]").hidden = !summary.maybes;
      write("to_check", toCheck);
      showForm("rest", rest);
      showForm("new", sinceLast && { since: sinceLast });
      showForm("all", { label: allLabel });
      emphasise();
    },

    error(words) {
      for (const line of slots("error")) line.hidden = !words;
      write("error", words);
    },
  };
}

/** The parts to show. `ready`: whether Strava is connected now, which an old run's failure does not tell. */
function partsToShow(run, { ready, isStarting, isHere }) {
  if (isLive(run)) return [stateOf(run), "live"];
  if (isStarting) return ["starting"];
  if (ready) return [isRefused(run) ? "reconnected" : stateOf(run), "start"];
  return isHere ? ["failed", "reconnect"] : ["connect"];
}

/** Keeps what My Strava knows: the run, the activities, the server's figures and how far the socket has got; no DOM. */

import { newHistory } from "./history.js";
import { isLive, isRefused, stateOf } from "./run_states.js";
import { newTally } from "./tally.js";

/** `data`: the `hello` that the page begins with, and its `figures`, `ready` (whether Strava is connected) and `begin`. */
export function newImportState(data) {
  const history = newHistory();
  const tally = newTally();
  let { run, mark, figures, ready, begin } = data;
  let hasFailedHere = false; // while this page was open
  let isStarting = begin && !run; // the panel says "Importing your runs" before the run exists
  let isBehind = false;
  let drift = Date.parse(data.server_time) - Date.now();

  history.begin(data.items, data.complete);
  if (run) tally.show(run, figures.summary.activities);

  function known() {
    return history.isWhole ? history.size : Math.max(figures.summary.activities, history.size);
  }

  /** A live run proves that Strava is connected; one that has just been refused proves that it is not. Return whether
      it has just been refused. */
  function noteConnection(isNews) {
    if (isLive(run)) [ready, hasFailedHere] = [true, false];
    else if (isNews && isRefused(run)) {
      [ready, hasFailedHere] = [false, true];
      return true;
    }
    return false;
  }

  return {
    history,
    get run() {
      return run;
    },
    get mark() {
      return mark;
    },
    get ready() {
      return ready;
    },
    get hasFailedHere() {
      return hasFailedHere;
    },
    /** Whether the first import is about to start without a press on a button. */
    get isStarting() {
      return isStarting;
    },
    /** How far this device's clock is behind the server's, in ms. */
    get drift() {
      return drift;
    },
    get figures() {
      return figures;
    },
    set figures(next) {
      figures = next;
    },

    counts: () => tally.of(known()),

    /** Put an activity into the list. `isRead`: the live run has read it. */
    put(item, isRead) {
      history.put(item);
      if (isRead) tally.read(item);
    },

    /** Take the clock and the mark of a hello. Return whether activities are missing, so that the page must redial. */
    hello(message) {
      drift = Date.parse(message.server_time) - Date.now();
      mark = message.mark;
      isBehind = !message.complete && message.items.length > 0;
      return isBehind;
    },

    /** Take the mark of another message, unless earlier changes are missing. */
    advance(message) {
      if (message.type !== "hello" && message.mark !== undefined && !isBehind) mark = Math.max(mark, message.mark);
    },

    /** Take a run's next state. Return what has changed, or null for a run that is not the latest. */
    takeRun(next) {
      if (run && next.id < run.id) return null;
      const [wasLive, before, isNew] = [isLive(run), stateOf(run), next.id !== run?.id];
      run = next;
      if (isNew) isStarting = false;
      tally.show(run, known());
      const isNowRefused = noteConnection(wasLive || isNew);
      const isOtherState = isNew || stateOf(run) !== before;
      return { isNew, isOtherState, isNowRefused, hasEnded: wasLive && !isLive(run) };
    },

    /** Whether to start the first import after connecting. Not if another tab has started one since the page was loaded. */
    takeBegin(latest) {
      const isDue = begin && latest?.id === data.run?.id;
      begin = false;
      return isDue;
    },

    /** The import cannot start by itself. Return whether the page has said that it would. */
    stopStarting() {
      const was = isStarting;
      isStarting = false;
      return was;
    },
  };
}

/** Folds entries: which are shown in the card of another, and which are folded away because many arrived at once.

    A parkrun's card also shows its milestone and the history of earlier parkruns, whatever order they arrive in. Parkruns
    of one flood have the same `fold`: one row stands for them, at the place of the oldest. A parkrun that is folded away
    takes no other entry into its card, so that no milestone is hidden. They are separate entries everywhere else. The
    server folds by the same rules (strava_live/web/folding.py). */

import { oldestFirst } from "./replies.js";

/** How much later than the parkrun its history may arrive: a first sync may take hours. */
const HISTORY_FOLDS_FOR_MS = 86_400_000;
const FOLDABLE = ["parkrun", "milestone", "history"];

/** Map the id of each milestone and history that folds to its parkrun's id. `entries`: newest first. */
export function hostsOf(entries) {
  const runs = entries.filter(({ kind, fold }) => kind === "parkrun" && !fold);
  const hosts = new Map();
  const free = new Map();
  for (const run of runs) free.set(runKey(run), [...(free.get(runKey(run)) ?? []), run.id]);
  for (const entry of entries) {
    const host = entry.kind === "milestone" ? free.get(runKey(entry))?.shift() : historyHost(entry, runs);
    if (host) hosts.set(entry.id, host);
  }
  return hosts;
}

/** The key shared by a run's entries. The count distinguishes members without a name at one event. */
function runKey({ athlete, data }) {
  const who = athlete ? ["named", athlete.id] : ["unnamed", data.count];
  return JSON.stringify([...who, data.event, data.date]);
}

/** The athlete's newest parkrun in the feed when the history arrived. */
function historyHost(entry, runs) {
  return entry.kind === "history" ? runs.find((run) => takes(run, entry))?.id : undefined;
}

/** Whether a run's card takes the history. Without names, only entries added by one transaction (same `at`) match. */
function takes(run, history) {
  if (!run.athlete || !history.athlete) return run.athlete === history.athlete && run.at === history.at;
  const age = Date.parse(history.at) - Date.parse(run.at);
  return run.athlete.id === history.athlete.id && age >= 0 && age <= HISTORY_FOLDS_FOR_MS;
}

/** How many of an entry's replies are shown, the newest ones, if it has more than `MOST_REPLIES`. */
const [REPLIES_SHOWN, MOST_REPLIES] = [3, 4];

/** How many of an entry's `count` replies are folded away at first. */
export function repliesFolded(count) {
  return count > MOST_REPLIES ? count - REPLIES_SHOWN : 0;
}

/** Track which entries share a card: the `guestsOf` a parkrun are shown in its card. */
export function folding(entries) {
  let hosts = new Map();
  let guests = new Map();
  let oldest = new Map(); // by `fold`: the oldest entry of the flood
  let flooded = new Set();

  function foldAll() {
    hosts = hostsOf(entries.all);
    guests = new Map();
    const inFloods = entries.all.filter((entry) => entry.fold);
    oldest = new Map(inFloods.map((entry) => [entry.fold, entry]));
    flooded = new Set(inFloods.map(({ id }) => id));
    for (const [guest, host] of hosts) guests.set(host, [...(guests.get(host) ?? []), guest]);
  }

  function isFoldable(id) {
    return hosts.has(id) || guests.has(id) || flooded.has(id) || FOLDABLE.includes(entries.get(id)?.kind);
  }

  foldAll();

  return {
    hostOf: (id) => hosts.get(id),
    guestsOf: (id) => (guests.get(id) ?? []).map(entries.get),
    /** The oldest entry of a flood, or undefined if none is left. */
    oldestOf: (fold) => oldest.get(fold),
    /** Whether a flood's row is to stand where this entry is. */
    isOldest: ({ id, fold }) => oldest.get(fold)?.id === id,
    /** The replies to all entries of a card, oldest first. */
    repliesOf(id) {
      const hosted = guests.get(id);
      if (!hosted) return entries.repliesOf(id);
      return [id, ...hosted].flatMap(entries.repliesOf).sort(oldestFirst);
    },

    /** Fold again after the entries `touched` changed. Return the ids to draw, including hosts and former hosts. */
    after(touched) {
      if (!touched.some(isFoldable)) return touched;
      const before = hosts;
      foldAll();
      const moved = [...before.keys(), ...hosts.keys()].filter((id) => before.get(id) !== hosts.get(id));
      const drawn = touched.concat(moved).flatMap((id) => [id, before.get(id), hosts.get(id)]);
      return Array.from(new Set(drawn)).filter((id) => id !== undefined);
    },
  };
}

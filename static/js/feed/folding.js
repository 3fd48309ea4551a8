/** One card per run: the milestone and the history that belong to a parkrun are shown in its card, in whatever order
    they arrive. They stay entries of their own everywhere but on the feed page, whose server folds by the same rules
    (strava_live/web/folding.py). */

/** A first sync may take hours: how much later than the parkrun its history may arrive. */
const HISTORY_FOLDS_FOR_MS = 86_400_000;
const FOLDABLE = ["parkrun", "milestone", "history"];

/** Of `entries`, newest first: by the id of each milestone and history that folds, its parkrun's id. */
export function hostsOf(entries) {
  const runs = entries.filter(({ kind }) => kind === "parkrun");
  const hosts = new Map();
  const free = new Map();
  for (const run of runs) free.set(runKey(run), [...(free.get(runKey(run)) ?? []), run.id]);
  for (const entry of entries) {
    const host = entry.kind === "milestone" ? free.get(runKey(entry))?.shift() : historyHost(entry, runs);
    if (host) hosts.set(entry.id, host);
  }
  return hosts;
}

/** Members without a name at one event are told apart by their count. */
function runKey({ athlete, data }) {
  const who = athlete ? ["named", athlete.id] : ["unnamed", data.count];
  return JSON.stringify([...who, data.event, data.date]);
}

/** The newest parkrun that the athlete had in the feed when the history arrived. */
function historyHost(entry, runs) {
  return entry.kind === "history" ? runs.find((run) => takes(run, entry))?.id : undefined;
}

/** A member without a name is known again only by the transaction that added both entries at one moment. */
function takes(run, history) {
  if (!run.athlete || !history.athlete) return run.athlete === history.athlete && run.at === history.at;
  const age = Date.parse(history.at) - Date.parse(run.at);
  return run.athlete.id === history.athlete.id && age >= 0 && age <= HISTORY_FOLDS_FOR_MS;
}

/** The cards of `entries` as they change: `guestsOf` a parkrun are shown in its card. */
export function folding(entries) {
  let hosts = new Map();
  let guests = new Map();

  function fold() {
    hosts = hostsOf(entries.list);
    guests = new Map();
    for (const [guest, host] of hosts) guests.set(host, [...(guests.get(host) ?? []), guest]);
  }

  function isFoldable(id) {
    return hosts.has(id) || guests.has(id) || FOLDABLE.includes(entries.get(id)?.kind);
  }

  fold();

  return {
    hostOf: (id) => hosts.get(id),
    guestsOf: (id) => (guests.get(id) ?? []).map(entries.get),

    /** After the entries `touched` have changed: the ids of those to draw, hosts and former hosts among them. */
    after(touched) {
      if (!touched.some(isFoldable)) return touched;
      const before = hosts;
      fold();
      const moved = [...before.keys(), ...hosts.keys()].filter((id) => before.get(id) !== hosts.get(id));
      const drawn = touched.concat(moved).flatMap((id) => [id, before.get(id), hosts.get(id)]);
      return Array.from(new Set(drawn)).filter((id) => id !== undefined);
    },
  };
}

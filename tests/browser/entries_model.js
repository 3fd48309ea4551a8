/** Model of a club's entry table and of a client that reads it over an unreliable network. After any sequence of steps
    the client must equal the table, and its page must show one card per run, with the replies, and one row per flood. Runs
    in a browser: (modules, seed, steps) returns a description of the first error, or "". */

({ newEntries, folding, hostsOf, feedList }, seed, steps) => {
  let state = seed;
  /** Random integer below `outOf` (mulberry32, so that a seed repeats its run). */
  const chance = (outOf) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * outOf);
  };
  let table = { epoch: 1, seq: 0, rows: [] }; // rows: as `shown`, and removed
  const above = (one, other) => other.at.localeCompare(one.at) || other.id - one.id;
  const present = () => table.rows.filter((row) => !row.removed).sort(above);
  const shown = ({ removed, ...entry }) => ({ ...entry });
  const anyKind = () => ["post", "parkrun", "parkrun", "milestone", "history"][chance(5)];
  const anyAthlete = () => (chance(4) ? { id: chance(3) + 1 } : null);
  const anyRun = () => ({ event: chance(2), date: chance(2), count: chance(2) });

  const entries = newEntries({ seq: null });
  const folds = folding(entries);
  const page = document.createElement("ol");
  const list = feedList(page, {
    entries,
    folds,
    card: { make, fill, hasReply: (card, id) => card.replies.includes(id) },
    flood: { make: makeRow, cardsIn: (row) => row.lastElementChild, fill: (row, oldest) => (row.dataset.at = oldest.at) },
    days: { of: () => "", words: () => "" },
    holds: () => () => chance(3) === 0,
    waits() {},
  });
  let wire = null; // messages on their way to the client; null while it is disconnected
  let request = null; // of a page of older entries
  let backup = JSON.stringify(table);
  let wrong = "";
  const delivered = []; // the last messages delivered, which may be repeated

  function write(message) {
    if (wire) wire.push(message);
  }

  const acts = {
    add() {
      // A random time, so that some entries arrive below those shown.
      const at = `2026-01-01T00:00:${String(chance(60)).padStart(2, "0")}.${String(chance(1e6)).padStart(6, "0")}Z`;
      const row = { id: table.rows.length + 1, at, seq: (table.seq += 1), text: `${chance(1e6)}`, removed: false };
      Object.assign(row, { kind: anyKind(), athlete: anyAthlete(), data: anyRun() });
      const answered = chance(3) ? null : pick();
      if (answered && !answered.reply_to) {
        Object.assign(row, { kind: "post", reply_to: answered.id, at: at > answered.at ? at : answered.at });
      } else if (row.kind === "parkrun" && chance(3) === 0) row.fold = 1000 + chance(3);
      table.rows.push(row);
      write({ type: "entry.added", entry: shown(row) });
    },
    change() {
      const row = pick();
      for (let times = chance(3); row && times >= 0; times -= 1) {
        Object.assign(row, { seq: (table.seq += 1), text: `${chance(1e6)}` });
        if (chance(4) === 0) row.data = anyRun(); // a correction
        write({ type: "entry.changed", entry: shown(row) });
      }
    },
    remove() {
      const row = pick();
      if (!row) return;
      for (const one of [row, ...present().filter((reply) => reply.reply_to === row.id)]) {
        Object.assign(one, { seq: (table.seq += 1), removed: true });
        write({ type: "entry.removed", seq: one.seq, id: one.id });
      }
    },
    deliver() {
      if (wire && wire.length) deliverNow(wire.shift());
    },
    twice() {
      if (delivered.length) deliverNow(delivered[chance(delivered.length)]);
    },
    /** Lose a message, which no server does: the client must notice the gap. */
    lose() {
      if (wire && wire.length > 1 && wire[0].type !== "hello") wire.shift();
    },
    disconnect() {
      wire = null;
    },
    redial,
    draw: () => list.show(),
    reset() {
      if (wire) wire.push({ type: "feed.reset", seq: table.seq });
    },
    keepBackup() {
      backup = JSON.stringify(table);
    },
    /** Restore a backup: later seqs are reused for other entries. Closes the socket, with a reset that may be lost. */
    restore() {
      const wasOpen = wire;
      table = { ...JSON.parse(backup), epoch: table.epoch + 1 };
      wire = null;
      delivered.length = 0;
      if (wasOpen && chance(2)) deliverNow({ type: "feed.reset", seq: table.seq });
    },
    ask() {
      if (entries.isWhole || request || entries.seq === null) return;
      const { before, ticket } = entries.beginPage();
      request = { before, ticket };
    },
    /** The server reads the page of older entries; its answer is delivered later. */
    read() {
      if (!request || request.answer) return;
      const [at, id] = request.before.split(",");
      const rows = present().filter((row) => isRoot(row) && above({ at, id: Number(id) }, row) < 0);
      const roots = rows.slice(0, 7);
      const folds = new Set(roots.map(({ fold }) => fold).filter(Boolean));
      const page = present().filter((row) => roots.includes(row) || folds.has(row.fold));
      const ids = page.map((row) => row.id);
      page.push(...present().filter((row) => ids.includes(row.reply_to)));
      request.answer = { page: page.map(shown), end: rows.length > 7 ? shown(roots[roots.length - 1]) : null };
    },
    answer() {
      if (!request || !request.answer) return;
      list.draw(entries.addPage(request.answer.page, request.answer.end, request.ticket));
      request = null;
    },
  };

  /** Whether the server counts the row when it makes a page: no reply, and of a flood only the oldest. */
  function isRoot(row) {
    const isOldest = !row.fold || present().findLast(({ fold }) => fold === row.fold) === row;
    return !row.reply_to && isOldest;
  }

  function make() {
    const card = Object.assign(document.createElement("li"), { className: "entry", replies: [] });
    card.append(Object.assign(document.createElement("h2"), { className: "feed-day" }));
    return card;
  }

  function makeRow(fold) {
    const row = make();
    Object.assign(row, { className: "flood" }).dataset.fold = fold;
    row.append(document.createElement("ol"));
    return row;
  }

  function fill(card, entry, guests, replies) {
    Object.assign(card.dataset, { id: entry.id, at: entry.at });
    card.replies = replies.map(({ id }) => id);
    card.title = words([entry, ...guests], replies);
  }

  function words(shownInCard, replies) {
    return [shownInCard, replies].map((part) => part.map(({ id, text }) => `${id} ${text}`).join()).join(" < ");
  }

  function describe(element) {
    const { fold } = element.dataset;
    return fold ? `${fold}: ${Array.from(element.lastElementChild.children, ({ title }) => title).join(" + ")}` : element.title;
  }

  /** Check that the page has one card per run, which includes the run's milestone, histories and replies, and one row per
      flood, at the place of its oldest parkrun. */
  function showsOneCardPerRun() {
    for (let frame = 0; frame < 100; frame += 1) list.show();
    const hosts = hostsOf(entries.all);
    const guestsOf = ({ id }) => entries.all.filter((guest) => hosts.get(guest.id) === id);
    const repliesOf = (entry) => [entry, ...guestsOf(entry)].flatMap(({ id }) => entries.repliesOf(id));
    const oldestFirst = (one, other) => -above(one, other);
    const card = (entry) => words([entry, ...guestsOf(entry)], repliesOf(entry).sort(oldestFirst));
    const inFlood = (fold) => entries.all.filter((entry) => entry.fold === fold);
    const right = entries.all
      .filter((entry) => !hosts.has(entry.id) && (!entry.fold || inFlood(entry.fold).at(-1) === entry))
      .map((entry) => (entry.fold ? `${entry.fold}: ${inFlood(entry.fold).map(card).join(" + ")}` : card(entry)));
    const cards = Array.from(page.children, describe);
    if (String(cards) !== String(right)) wrong = `draws ${cards.join("; ")} and not ${right.join("; ")}`;
  }

  function pick() {
    // Often one of the lowest, where pages of older entries are read.
    const rows = chance(2) ? present() : present().slice(-20);
    return rows.length ? rows[chance(rows.length)] : null;
  }

  function redial() {
    const after = entries.seq;
    const [epoch, number] = String(entries.position).split(":");
    if (after !== null && Number(number) !== after) wrong = `dials with ${entries.position} at ${after}`;
    const isOtherEpoch = after !== null && epoch !== String(table.epoch);
    const newest = present().slice(0, 50).map(shown).reverse();
    const since = table.rows.filter((row) => row.seq > after).sort((one, other) => one.seq - other.seq);
    const many = since.length > 40; // stands in for the server's limit of 500
    const changed = since.map((row) => (row.removed ? { id: row.id, seq: row.seq, removed: true } : shown(row)));
    const complete = after === null || !(many || isOtherEpoch);
    const sent = after !== null && complete ? changed : newest;
    wire = [{ type: "hello", epoch: table.epoch, seq: table.seq, entries: sent, complete }];
  }

  function deliverNow(message) {
    const before = { seq: entries.seq, list: entries.all.slice() };
    const { touched, redial: again } = entries.receive(message);
    list.draw(touched);
    if (entries.seq !== null && before.seq !== null) goesForward(before);
    if (message.type.startsWith("entry.")) delivered.push(message);
    if (delivered.length > 9) delivered.shift();
    if (again) redial();
  }

  function goesForward({ seq, list }) {
    if (entries.seq < seq) wrong = `went back from ${seq} to ${entries.seq}`;
    for (const old of list) {
      const now = entries.get(old.id);
      if (now && now.seq < old.seq) wrong = `showed ${now.seq} of ${old.id} after ${old.seq}`;
    }
  }

  /** Check that the client's entries are the table's newest, without a gap. */
  function hasNoGap() {
    const known = entries.all.filter((entry) => !entry.fold).map((entry) => entry.id);
    const shownAlone = present().filter((row) => !row.fold && !row.reply_to);
    const truth = shownAlone.slice(0, known.length).map((row) => row.id);
    if (String(known) !== String(truth)) wrong = `shows ${known} of ${truth}`;
  }

  /** Deliver all messages; with `whole`, also load every older page. */
  function settle(whole) {
    if (!wire) redial();
    while (wire.length) deliverNow(wire.shift());
    if (!request) hasNoGap();
    showsOneCardPerRun();
    if (!whole) return wrong;
    while (request || !entries.isWhole) {
      acts.ask();
      acts.read();
      acts.answer();
    }
    showsOneCardPerRun();
    list.close();
    const listed = entries.all.concat(entries.all.flatMap(({ id }) => entries.repliesOf(id))).sort(above);
    const known = listed.map((entry) => [entry.id, entry.at, entry.seq, entry.text]);
    const truth = present().map((row) => [row.id, row.at, row.seq, row.text]);
    if (wrong) return wrong;
    if (entries.seq !== table.seq) return `has seq ${entries.seq} and not ${table.seq}`;
    const [actual, expected] = [JSON.stringify(known), JSON.stringify(truth)];
    return actual === expected ? "" : `knows ${actual} and not ${expected}`;
  }

  const often = ["add", "add", "add", "add", "change", "change", "remove", ...Array(6).fill("deliver")];
  const reading = ["ask", "read", "answer"];
  const rare = ["draw", "draw", "twice", "lose", "disconnect", "redial", "reset", "keepBackup", "restore", ...reading, ...reading];
  const names = [...often, ...often, ...rare];
  for (let row = 0; row < 80; row += 1) acts.add();
  redial();
  for (let step = 0; step < steps && !wrong; step += 1) {
    acts[names[chance(names.length)]]();
    if (step % 100 === 99) settle(false);
  }
  return wrong || settle(true);
}

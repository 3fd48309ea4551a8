/** Model of two people's messages at the server, and of one page that reads and writes them over an unreliable network.
    At the end the page must have every message once and in order, and the server every text that was written on the
    page once and in order. Runs in a browser: (modules, seed, steps) returns a description of the error, or "". */

({ newConversationState, newOutbox }, seed, steps) => {
  let random = seed;
  /** Random integer below `outOf` (mulberry32, so that a seed repeats its run). */
  const chance = (outOf) => {
    random = (random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(random ^ (random >>> 15), 1 | random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * outOf);
  };
  const OTHER = 7;
  const PAGE = 4;
  const rows = []; // the messages, each with the position of its last change
  const reads = { with: OTHER, read_up_to: 0, their_read_up_to: 0, their_delivered_up_to: 0, mark: 0 };
  let position = 0;
  let written = 0;
  const fromPage = []; // the texts written on the page
  const kept = new Map(); // the browser's storage
  const store = {
    all: () => Array.from(kept.values(), (text) => JSON.parse(text)).sort((one, two) => one.at - two.at),
    put: (item) => kept.set(item.ref, JSON.stringify(item)),
    remove: (ref) => kept.delete(ref),
  };
  let up = null; // commands on their way to the server; null while the page is disconnected
  let down = [];
  let request = null; // an answer with older messages on its way
  let state;
  let outbox;

  const shown = ({ changed, ...message }) => ({ ...message });
  const conversation = () => rows.filter((row) => row.with === OTHER);

  function tell(message) {
    if (up) down.push(message);
  }

  function insert(fields) {
    const message = { id: (position += 1 + chance(2)), deleted: false, changed: 0, with: OTHER, ...fields };
    message.changed = position;
    rows.push(message);
    tell({ type: "message.added", message: shown(message), position, mark: reads.mark });
    return message;
  }

  function openPage() {
    [up, down, request] = [null, [], null];
    const newest = conversation().slice(-PAGE);
    const older = conversation().length > PAGE ? String(newest[0].id) : "";
    state = newConversationState({ ...reads, messages: newest.map(shown), older, after: position, mark: reads.mark });
    outbox = newOutbox({ store, send, newRef: () => `ref-${(written += 1)}`, changed() {} });
    for (const { ref } of newest) outbox.arrived(ref);
  }

  function send({ ref, text }) {
    if (!up) return false;
    up.push({ ref, text });
    return true;
  }

  const acts = {
    theyWrite: () => insert({ mine: false, text: `t${chance(1e6)}` }),
    anotherWrites: () => insert({ with: 8, mine: false, text: "elsewhere" }),
    iWriteElsewhere: () => insert({ mine: true, text: `e${chance(1e6)}`, ref: `elsewhere-${chance(1e9)}` }),
    iWrite() {
      fromPage.push(`w${fromPage.length}`);
      outbox.add(fromPage[fromPage.length - 1]);
    },
    remove() {
      const row = rows[chance(rows.length || 1)];
      if (!row || row.deleted || fromPage.includes(row.text)) return;
      Object.assign(row, { text: "", deleted: true, changed: (position += 1) });
      tell({ type: "message.changed", message: shown(row), position, mark: reads.mark });
    },
    theyRead() {
      const mine = conversation().filter((row) => row.mine);
      if (!mine.length) return;
      const upTo = mine[chance(mine.length)].id;
      const [name, type] = chance(2) ? ["their_read_up_to", "message.read"] : ["their_delivered_up_to", "message.delivered"];
      if (upTo <= reads[name]) return;
      reads[name] = upTo;
      reads.their_delivered_up_to = Math.max(reads.their_delivered_up_to, reads.their_read_up_to);
      tell({ type, with: OTHER, by: "them", up_to: upTo, mark: (reads.mark += 1) });
    },
    connect() {
      if (up) return;
      const at = state.position;
      const since = rows.filter((row) => row.changed > at.after).sort((one, two) => one.changed - two.changed);
      up = [];
      down = [{
        type: "hello",
        messages: since.map(shown),
        reads: reads.mark > at.mark ? [{ ...reads }] : [],
        position,
        mark: reads.mark,
      }];
    },
    disconnect() {
      [up, down] = [null, []];
    },
    reload: () => chance(4) === 0 && openPage(),
    atServer() {
      const command = up && up.shift();
      if (!command) return;
      if (chance(6) === 0) return tell({ type: "error", ref: command.ref, code: "try_again" });
      const known = rows.find(({ ref }) => ref === command.ref);
      if (!known) insert({ mine: true, ...command });
      else tell({ type: "message.added", message: shown(known), position, mark: reads.mark });
    },
    atPage() {
      const message = down.shift();
      if (!message) return;
      if (message.type === "error") return outbox.refused(message.ref, "Not now.", false);
      const { added } = state.receive(message);
      for (const one of message.messages || (message.message ? [message.message] : [])) outbox.arrived(one.ref);
      if (added.some((id) => state.get(id).with !== OTHER)) throw new Error("a message of another conversation");
      if (message.type === "hello") outbox.resume();
    },
    askForOlder() {
      if (request || !state.older) return;
      const older = conversation().filter(({ id }) => id < Number(state.older));
      const page = older.slice(-PAGE).map(shown);
      request = { page, older: older.length > PAGE ? String(page[0].id) : "" };
    },
    olderArrives() {
      if (request) state.addPage(request.page, request.older);
      request = null;
    },
    tryAgain() {
      const refused = outbox.items.find(({ problem }) => problem);
      if (refused) outbox.retry(refused.ref);
    },
  };

  function settle() {
    acts.disconnect();
    acts.connect();
    for (let times = 0; times < 500 && (down.length || up.length || outbox.items.length); times += 1) {
      acts.atPage();
      acts.tryAgain();
      acts.atServer();
    }
    while (state.older || request) {
      acts.askForOlder();
      acts.olderArrives();
    }
  }

  /** Between the first and the last message of the page, none may be missing. */
  function gap() {
    const ids = state.all.map(({ id }) => id);
    const between = conversation().filter(({ id }) => id >= ids[0] && id <= ids[ids.length - 1]);
    return between.length === ids.length ? "" : `there are ${between.length} messages where the page has ${ids}`;
  }

  function problem() {
    const inPage = JSON.stringify(state.all.map(({ id, text, deleted }) => [id, text, deleted]));
    const atServer = JSON.stringify(conversation().map(({ id, text, deleted }) => [id, text, deleted]));
    if (inPage !== atServer) return `the page has ${inPage}, the server ${atServer}`;
    const stored = JSON.stringify(rows.map(({ text }) => text).filter((text) => text.startsWith("w")));
    if (stored !== JSON.stringify(fromPage)) return `written ${fromPage}, stored ${stored}`;
    if (kept.size || outbox.items.length) return "a stored message is still kept";
    const mine = state.lastMine;
    if (!mine) return "";
    const how = mine.id <= reads.their_read_up_to ? "read" : mine.id <= reads.their_delivered_up_to ? "delivered" : "sent";
    return state.stateOf(mine) === how ? "" : `my last message is ${state.stateOf(mine)}, not ${how}`;
  }

  for (let times = chance(12); times > 0; times -= 1) acts.theyWrite();
  openPage();
  const names = Object.keys(acts);
  let wrong = "";
  for (let step = 0; step < steps && !wrong; step += 1) {
    acts[names[chance(names.length)]]();
    wrong = gap();
  }
  if (!wrong) settle();
  wrong = wrong || problem();
  return wrong && `seed ${seed}: ${wrong}`;
}

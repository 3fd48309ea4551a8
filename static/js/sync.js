/** /sync/: keeps the page fresh over its socket, and sends its forms that way while the socket is there. */

import { announcer } from "./announcer.js";
import { ask } from "./ask.js";
import { openSocket } from "./socket.js";
import { pageForms } from "./sync/forms.js";
import { newHistory } from "./sync/history.js";
import { maybesCard } from "./sync/maybes.js";
import { REFUSED, isLive, isRefused, runPanel, stateOf } from "./sync/panel.js";
import { progressOf } from "./sync/progress.js";
import { rowMaker } from "./sync/row.js";
import { CONNECTION, spokenProgress, spokenState } from "./sync/spoken.js";
import { streamStrip } from "./sync/stream.js";
import { newTally } from "./sync/tally.js";
import { undoBar } from "./sync/undo.js";
import { yearBars, yearsOf } from "./sync/years.js";
import { keepPlace } from "./way_back.js";
import { windowedList } from "./windowed_list.js";
import { number } from "./words.js";

const MOST_A_FRAME = 400;
const YEARS_EVERY_MS = 500;
const FIGURES_AFTER_MS = 1_500;
const REST_MS = 2_000;
const BEGUN = "begun-by-itself";

const page = document.querySelector("[data-sync]");
const element = (name) => page.querySelector(`[data-${name}]`);
const source = document.getElementById("sync-data");
const data = JSON.parse(source.textContent);
const { rows: rowsAddress, figures: figuresAddress, activities } = page.dataset;
let { run, mark, figures, ready, begin } = data;
const socket = openSocket("/ws/sync/", { after: () => mark, hear, stand }); // answers while the rest is set up

const history = newHistory();
const tally = newTally();
const panel = runPanel(element("panel"));
const announce = announcer(element("status"));
const stream = streamStrip(element("stream"));
const years = yearBars(element("years"));
const undo = undoBar(element("undo"));
const maybes = maybesCard(element("maybes"), { activities, more: refreshFigures });
const send = (message) => socket.send(message);
const forms = pageForms(page, { send, panel, maybes, undo, announce, refresh: refreshFigures });
const measure = progressOf();
const list = element("list");
const connection = element("connection");

let failedHere = false;
let behind = false;
let isOver = false;
let drift = Date.parse(data.server_time) - Date.now();
let arriving = [];
let flushing = false;
let fetching = false;
let yearsAt = 0;
let yearsLater = 0;
let figuresLater = 0;

// --- What arrives: gathered, and put into the page once a frame

function arrive(items, runId = 0) {
  const isRead = isLive(run) && runId === run.id;
  for (const item of items) arriving.push({ item, isRead });
  flushSoon();
}

function flushSoon() {
  if (flushing) return;
  flushing = true;
  requestAnimationFrame(flush);
}

function flush() {
  flushing = false;
  if (isOver) return;
  const [now, later] = [arriving.slice(0, MOST_A_FRAME), arriving.slice(MOST_A_FRAME)];
  arriving = later;
  for (const { item } of now) history.put(item);
  const read = now.filter(({ isRead }) => isRead).map(({ item }) => item);
  read.forEach(tally.read);
  if (read.length && isLive(run)) stream.add(read);
  redraw();
  if (arriving.length) flushSoon();
}

function known() {
  return history.complete ? history.size : Math.max(figures.summary.activities, history.size);
}

function redraw() {
  element("empty").hidden = history.rows.length > 0;
  draw();
  count();
  if (isLive(run) && !history.complete) fetchOlder();
  clearTimeout(yearsLater);
  yearsLater = setTimeout(drawYears, Math.max(0, yearsAt + YEARS_EVERY_MS - performance.now()));
}

/** The panel and the heading of the list say the same number at the same time. */
function count() {
  const now = tally.of(known());
  panel.count(now);
  page.querySelector("[data-slot=total]").textContent = now.total ? number(now.total) : "";
}

function drawYears() {
  yearsAt = performance.now();
  years(history.complete ? yearsOf(history.rows) : figures.summary.years);
}

const { make, fill } = rowMaker(page.querySelector("template[data-row]"), activities);
history.begin(data.items, data.complete);
const draw = windowedList(list, {
  rows: () => history.rows,
  key: (item) => item.strava_id,
  make,
  fill,
  near: fetchOlder,
});

async function fetchOlder() {
  if (fetching || isOver || history.complete) return;
  fetching = true;
  const answer = await ask(`${rowsAddress}?before=${history.rows.at(-1).strava_id}`);
  if (isOver) return;
  if (answer?.ok) history.extend(answer.json.items);
  else await new Promise((rested) => setTimeout(rested, REST_MS));
  fetching = false;
  redraw(); // and asks again, if more is wanted still
}

/** `after`: the maybe that was skipped last; those before it are not asked about again until the last one was seen. */
async function refreshFigures(after = null) {
  const answer = await ask(after ? `${figuresAddress}?after=${after}` : figuresAddress);
  if (!answer?.ok || isOver) return;
  const { maybes: items, alike, summary } = answer.json;
  if (after && !items.length && summary.maybes) return refreshFigures();
  figures = answer.json;
  panel.offer(figures);
  const open = items.filter((one) => (history.get(one.strava_id) ?? one).state === "found");
  maybes.begin(open, alike, summary.maybes - (items.length - open.length));
  redraw();
}

// --- The run

/** Changing the panel must not move the rows that somebody is reading below it. */
function keepingPlace(change) {
  const before = list.getBoundingClientRect().top;
  change();
  const after = list.getBoundingClientRect().top;
  if (before < 0 && after !== before) scrollBy(0, after - before);
}

function show(next) {
  if (run && next.id < run.id) return;
  const [wasLive, before] = [isLive(run), stateOf(run)];
  const isAnother = next.id !== run?.id;
  run = next;
  tally.show(run, known());
  noteConnection(wasLive || isAnother);
  if (wasLive && !isLive(run)) flush(); // the last figures and the last rows belong together
  if (isAnother) stream.clear();
  const { first, joined } = figures;
  const progress = measure(run, { first: instant(first), joined: instant(joined) }, performance.now());
  keepingPlace(() => {
    panel.show(run, { ready, isHere: failedHere, drift });
    panel.progress(progress);
    count();
    maybes.hold(isLive(run));
  });
  if (isAnother || stateOf(run) !== before) announce(run.failure?.message ?? spokenState(run));
  if (wasLive && !isLive(run)) refreshFigures();
}

function instant(text) {
  return text ? Date.parse(text) : null;
}

/** A run that goes on shows that Strava is connected; one that has just been refused shows that it is no longer. */
function noteConnection(isNews) {
  if (isLive(run)) [ready, failedHere] = [true, false];
  else if (isNews && isRefused(run)) {
    [ready, failedHere] = [false, true];
    document.querySelector("[data-messages]")?.remove(); // such as "Strava is connected"
  }
}

const HEARD = {
  hello(message) {
    drift = Date.parse(message.server_time) - Date.now();
    arrive(message.items);
    mark = message.mark;
    // What is live now counts further than what was missed: the mark stays until nothing is missing.
    behind = !message.complete && message.items.length > 0;
    if (behind) socket.redial();
    if (message.run) show(message.run);
    beginIfDue(message.run);
  },
  "sync.started"(message) {
    panel.error("");
    show(message.run);
  },
  "activities.found"(message) {
    arrive(message.items, message.run_id);
  },
  "activity.saved"(message) {
    chosen(message.item);
  },
  "activity.unsaved"(message) {
    chosen(message.item);
  },
  "sync.progress"(message) {
    show(message.run);
    if (stateOf(run) === "running") announce(spokenProgress(tally.of(known())));
  },
  "sync.waiting"(message) {
    show({ ...message.run, waiting: { until: message.until, reason: message.reason } });
  },
  "sync.finished"(message) {
    show(message.run);
  },
  "sync.cancelled"(message) {
    show(message.run);
  },
  "sync.failed"(message) {
    show({ ...message.run, failure: { code: message.code, message: message.message, next_step: message.next_step } });
  },
  error(message) {
    if (ready && REFUSED.includes(message.code)) return location.reload(); // it says how to connect
    if (message.ref !== BEGUN) panel.error(message.message);
    forms.setBusy(false);
  },
};

/** The first import after connecting starts by itself, unless another tab has started one since this page was made. */
function beginIfDue(latest) {
  const isDue = begin && latest?.id === data.run?.id;
  begin = false;
  if (!isDue) return;
  socket.send({ type: "sync.start", since: figures.since_last, until: null, ref: BEGUN });
}

function chosen(item) {
  arrive([item]);
  forms.chosen(item);
  // A run tells of what it saves by itself too, and ends with a look at the figures anyhow.
  clearTimeout(figuresLater);
  if (!isLive(run)) figuresLater = setTimeout(refreshFigures, FIGURES_AFTER_MS);
}

function hear(message) {
  HEARD[message.type]?.(message);
  if (message.type !== "hello" && message.mark !== undefined && !behind) mark = Math.max(mark, message.mark);
  if (message.run || message.type === "hello") forms.setBusy(false);
}

// --- The connection

function stand({ state, words, code }) {
  // The first "Live" goes without saying, and a countdown is for the eyes.
  const changed = connection.dataset.state && connection.dataset.state !== state;
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = words;
  const why = page.querySelector(`[data-over="${code}"]`);
  if (why) return close(why);
  if (changed) announce(state === "live" && isLive(run) ? `${CONNECTION.live} ${spokenState(run)}` : (CONNECTION[state] ?? words));
}

/** Signed out in another tab: what stands in the page goes, and why is said in its place. */
function close(why) {
  const open = page.querySelectorAll("[data-open]");
  const hadFocus = Array.from(open).some((part) => part.contains(document.activeElement));
  isOver = true;
  clearTimeout(figuresLater);
  clearTimeout(yearsLater);
  announce("");
  undo.close();
  source.remove();
  document.querySelector("[data-messages]")?.remove();
  for (const part of open) part.remove();
  why.hidden = false;
  if (hadFocus) why.focus();
}

maybes.begin(figures.maybes, figures.alike, figures.summary.maybes);
if (run) {
  tally.show(run, figures.summary.activities);
  show(run);
  if (isLive(run)) announce(spokenState(run));
} else maybes.hold(false);
redraw();
keepPlace(list);

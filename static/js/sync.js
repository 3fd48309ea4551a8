/** /sync/: updates the page over its socket, and sends its forms over the socket while it is connected. */

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
const AUTO_START = "begun-by-itself";

const page = document.querySelector("[data-sync]");
const element = (name) => page.querySelector(`[data-${name}]`);
const source = document.getElementById("sync-data");
const data = JSON.parse(source.textContent);
const { rows: rowsAddress, figures: figuresAddress, activities } = page.dataset;
let { run, mark, figures, ready, begin } = data;
const socket = openSocket("/ws/sync/", { after: () => mark, receive, showState }); // connects while the rest is set up

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
let isStarting = begin && !run; // the panel says "Importing your runs" before the run exists
let behind = false;
let isOver = false;
let drift = Date.parse(data.server_time) - Date.now();
let arriving = [];
let flushing = false;
let fetching = false;
let yearsAt = 0;
let yearsLater = 0;
let figuresLater = 0;

// --- Received activities, collected and drawn once a frame

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

/** Update the panel and the list's heading together, so that both show the same number. */
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
  else await new Promise((done) => setTimeout(done, REST_MS));
  fetching = false;
  redraw(); // fetches again if more rows are needed
}

/** `after`: the maybe skipped last. Earlier ones come back only after the last one was seen. */
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

/** Change the panel without moving the rows being read below it. */
function keepingPlace(change) {
  const before = list.getBoundingClientRect().top;
  change();
  const after = list.getBoundingClientRect().top;
  if (before < 0 && after !== before) scrollBy(0, after - before);
}

function show(next) {
  if (run && next.id < run.id) return;
  const [wasLive, before] = [isLive(run), stateOf(run)];
  const isNewRun = next.id !== run?.id;
  run = next;
  if (isNewRun) isStarting = false;
  tally.show(run, known());
  noteConnection(wasLive || isNewRun);
  if (isNewRun) stream.clear();
  if (wasLive && !isLive(run)) {
    flush(); // draw the last rows together with the last figures
    refreshFigures().then(showRun);
  } else showRun();
  if (isNewRun || stateOf(run) !== before) announce(run.failure?.message ?? spokenState(run));
}

/** Show the run in the panel. At its end, only once the figures that stand beside it are known. */
function showRun() {
  const { first, joined } = figures;
  const progress = measure(run, { first: instant(first), joined: instant(joined) }, performance.now());
  keepingPlace(() => {
    panel.show(run, { ready, isStarting, isHere: failedHere, drift });
    panel.progress(progress);
    count();
    maybes.hold(isLive(run));
  });
}

function instant(text) {
  return text ? Date.parse(text) : null;
}

/** A live run proves that Strava is connected; one that has just been refused proves that it is not. */
function noteConnection(isNews) {
  if (isLive(run)) [ready, failedHere] = [true, false];
  else if (isNews && isRefused(run)) {
    [ready, failedHere] = [false, true];
    document.querySelector("[data-messages]")?.remove(); // such as "Strava is connected"
  }
}

const HANDLERS = {
  hello(message) {
    drift = Date.parse(message.server_time) - Date.now();
    arrive(message.items);
    mark = message.mark;
    // Live messages carry higher marks: keep this one until nothing is missing.
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
    if (ready && REFUSED.includes(message.code)) return location.reload(); // the loaded page says how to connect
    if (message.ref === AUTO_START) offerButtons();
    else panel.error(message.message);
    forms.setBusy(false);
  },
};

/** Start the first import after connecting, unless another tab has started one since this page was loaded. */
function beginIfDue(latest) {
  const isDue = begin && latest?.id === data.run?.id;
  begin = false;
  if (!isDue) return offerButtons();
  socket.send({ type: "sync.start", since: figures.since_last, until: null, ref: AUTO_START });
}

/** The import does not start by itself: show the buttons that start one. */
function offerButtons() {
  if (!isStarting) return;
  isStarting = false;
  panel.show(run, { ready, isStarting, isHere: failedHere, drift });
}

function chosen(item) {
  arrive([item]);
  forms.chosen(item);
  // A run sends the activities that it saves by itself too, and refreshes the figures at its end.
  clearTimeout(figuresLater);
  if (!isLive(run)) figuresLater = setTimeout(refreshFigures, FIGURES_AFTER_MS);
}

function receive(message) {
  HANDLERS[message.type]?.(message);
  if (message.type !== "hello" && message.mark !== undefined && !behind) mark = Math.max(mark, message.mark);
  if (message.run || message.type === "hello") forms.setBusy(false);
}

// --- The connection

function showState({ state, words, code }) {
  // Do not announce the first "Live", nor the countdown.
  const changed = connection.dataset.state && connection.dataset.state !== state;
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = words;
  const why = page.querySelector(`[data-over="${code}"]`);
  if (why) return close(why);
  if (state !== "live") offerButtons();
  if (changed) announce(state === "live" && isLive(run) ? `${CONNECTION.live} ${spokenState(run)}` : (CONNECTION[state] ?? words));
}

/** Signed out in another tab: empty the page and show the reason. */
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

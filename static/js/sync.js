/** /sync/: updates the page over its socket, and sends its forms over the socket while it is connected. */

import { announcer } from "./announcer.js";
import { fetchJson } from "./fetch_json.js";
import { connectionLine, showReason } from "./live/connection_line.js";
import { openSocket } from "./live/socket.js";
import { pageWords } from "./page_words.js";
import { pageForms } from "./sync/forms.js";
import { newImportState } from "./sync/import_state.js";
import { activityList } from "./sync/list.js";
import { maybesCard } from "./sync/maybes.js";
import { runPanel } from "./sync/panel.js";
import { progressOf } from "./sync/progress.js";
import { REFUSED, isLive, stateOf } from "./sync/run_states.js";
import { undoBar } from "./sync/undo.js";
import { keepPlace } from "./way_back.js";

const FIGURES_AFTER_MS = 500;
const AUTO_START = "begun-by-itself";

const page = document.querySelector("[data-sync]");
const element = (name) => page.querySelector(`[data-${name}]`);
const source = document.getElementById("sync-data");
const state = newImportState(JSON.parse(source.textContent));
const { figures: figuresAddress, activities } = page.dataset;
const say = pageWords();
const socket = openSocket("/ws/sync/", {
  position: () => state.mark,
  receive,
  say,
  showStatus: connectionLine(page, { changed: announceStatus, close }),
}); // connects while the rest is set up

const panel = runPanel(element("panel"), say);
const announce = announcer(element("status"));
const list = activityList(page, { state, count: panel.count, say });
const { arrivals } = list;
const undo = undoBar(element("undo"));
const maybes = maybesCard(element("maybes"), { activities, more: refreshFigures, say });
const forms = pageForms(page, { send: socket.send, panel, maybes, undo, announce, refresh: refreshFigures, say });
const measure = progressOf();
const listElement = element("list");

let isOver = false;
let figuresLater = 0;

/** `after`: the maybe skipped last. Earlier ones come back only after the last one was seen. */
async function refreshFigures(after = null) {
  const answer = await fetchJson(after ? `${figuresAddress}?after=${after}` : figuresAddress);
  if (!answer?.ok || isOver) return;
  const { maybes: items, alike, summary } = answer.json;
  if (after && !items.length && summary.maybes) return refreshFigures();
  state.figures = answer.json;
  panel.offer(answer.json);
  const open = items.filter((one) => (state.history.get(one.strava_id) ?? one).state === "found");
  maybes.begin(open, alike, summary.maybes - (items.length - open.length));
  list.redraw();
}

// --- The run

/** Change the panel without moving the rows being read below it. */
function keepingPlace(change) {
  const before = listElement.getBoundingClientRect().top;
  change();
  const after = listElement.getBoundingClientRect().top;
  if (before < 0 && after !== before) scrollBy(0, after - before);
}

function show(next) {
  const change = state.takeRun(next);
  if (!change) return;
  if (change.isNowRefused) removeMessages(); // such as "Strava is connected"
  if (change.hasEnded) arrivals.takeNow(); // draw the last rows together with the last figures
  if (change.isNew) list.clearStream();
  if (change.hasEnded) showEnd();
  else keepingPlace(drawRun);
  if (change.isOtherState) announce(next.failure?.message ?? next.says);
}

/** Show the end of a run together with the server's figures, which are beside it. */
async function showEnd() {
  await refreshFigures();
  keepingPlace(drawRun);
}

function drawRun() {
  const { run, figures } = state;
  const basis = { first: instant(figures.first), joined: instant(figures.joined) };
  showPanel();
  panel.progress(measure(run, basis, performance.now()));
  list.showCounts();
  maybes.hold(isLive(run));
}

function showPanel() {
  const { run, ready, isStarting, hasFailedHere, drift } = state;
  panel.show(run, { ready, isStarting, isHere: hasFailedHere, drift });
}

/** The import cannot start by itself: show the buttons that start one. */
function offerButtons() {
  if (state.stopStarting()) showPanel();
}

function instant(text) {
  return text ? Date.parse(text) : null;
}

function removeMessages() {
  document.querySelector("[data-messages]")?.remove();
}

// --- What the socket sends

const HANDLERS = {
  hello(message) {
    list.remove(message.removed);
    arrivals.add(message.items);
    if (state.hello(message)) socket.redial();
    if (message.run) show(message.run);
    else if (state.run) return location.reload(); // runs are deleted when access was revoked at Strava
    if (state.takeBegin(message.run)) startByItself();
    else offerButtons();
  },
  "sync.started"({ run }) {
    panel.error("");
    show(run);
  },
  "activities.found"({ items, run_id: runId }) {
    arrivals.add(items, isLive(state.run) && runId === state.run.id);
    refreshFiguresSoon();
  },
  "activities.removed"({ strava_ids: ids }) {
    list.remove(ids);
    refreshFiguresSoon();
  },
  "access.revoked": () => location.reload(), // the loaded page says what was removed
  "activity.saved": ({ item }) => chosen(item),
  "activity.unsaved": ({ item }) => chosen(item),
  "sync.progress"({ run }) {
    show(run);
    if (stateOf(state.run) === "running") announce(run.progress);
  },
  "sync.waiting": ({ run, until, reason }) => show({ ...run, waiting: { until, reason } }),
  "sync.finished": ({ run }) => show(run),
  "sync.cancelled": ({ run }) => show(run),
  "sync.failed": ({ run, code, message, next_step }) => show({ ...run, failure: { code, message, next_step } }),
  error({ code, ref, message }) {
    if (state.ready && REFUSED.includes(code)) return location.reload(); // the loaded page says how to connect
    if (ref === AUTO_START) offerButtons();
    else panel.error(message);
    forms.setBusy(false);
  },
};

function receive(message) {
  HANDLERS[message.type]?.(message);
  state.advance(message);
  if (message.run || message.type === "hello") forms.setBusy(false);
}

function startByItself() {
  socket.send({ type: "sync.start", since: state.figures.since_last, until: null, ref: AUTO_START });
}

function chosen(item) {
  arrivals.add([item]);
  forms.chosen(item);
  refreshFiguresSoon();
}

/** Refresh the figures after the last of several changes. A live run refreshes them at its end. */
function refreshFiguresSoon() {
  clearTimeout(figuresLater);
  if (!isLive(state.run)) figuresLater = setTimeout(refreshFigures, FIGURES_AFTER_MS);
}

// --- The connection

function announceStatus({ state: status, words }) {
  if (isOver) return;
  if (status !== "live") offerButtons();
  const again = isLive(state.run) ? `${say("live_again")} ${state.run.says}` : say("live_again");
  announce({ dialling: say("dialling_again"), offline: say("offline_now"), live: again }[status] ?? words);
}

/** Signed out in another tab: empty the page and show the reason. */
function close(why) {
  isOver = true;
  list.close();
  clearTimeout(figuresLater);
  announce("");
  undo.close();
  source.remove();
  removeMessages();
  showReason(why, Array.from(page.querySelectorAll("[data-open]")), (part) => part.remove());
}

const { run, figures } = state;
maybes.begin(figures.maybes, figures.alike, figures.summary.maybes);
if (run) {
  show(run);
  if (isLive(run)) announce(run.says);
} else maybes.hold(false);
list.redraw();
keepPlace(listElement);

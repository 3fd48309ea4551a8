/** /sync/: keeps the page fresh over its socket, and sends its forms that way while the socket is there. */

import { announcer } from "./announcer.js";
import { openSocket } from "./socket.js";
import { newHistory } from "./sync/history.js";
import { maybesCard } from "./sync/maybes.js";
import { isLive, runPanel } from "./sync/panel.js";
import { progressOf } from "./sync/progress.js";
import { rowMaker } from "./sync/row.js";
import { yearBars, yearsOf } from "./sync/years.js";
import { windowedList } from "./windowed_list.js";
import { counted, facts, number, wall } from "./words.js";

const MOST_A_FRAME = 400;
const YEARS_EVERY_MS = 500;
const FIGURES_AFTER_MS = 1_500;

const page = document.querySelector("[data-sync]");
const element = (name) => page.querySelector(`[data-${name}]`);
const data = JSON.parse(document.getElementById("sync-data").textContent);
const { rows: rowsAddress, figures: figuresAddress, activities } = page.dataset;

const history = newHistory();
const panel = runPanel(element("panel"));
const announce = announcer(element("status"));
const years = yearBars(element("years"));
const maybes = maybesCard(element("maybes"), { activities, more: refreshFigures });
const measure = progressOf();
const list = element("list");
const connection = element("connection");

let { run, mark, figures } = data;
let behind = false;
let drift = Date.parse(data.server_time) - Date.now();
let arriving = [];
let flushing = false;
let fetching = false;
let yearsAt = 0;
let yearsLater = 0;
let figuresLater = 0;

// --- What arrives: gathered, and put into the page once a frame

function arrive(items) {
  for (const item of items) arriving.push(item);
  flushSoon();
}

function flushSoon() {
  if (flushing) return;
  flushing = true;
  requestAnimationFrame(flush);
}

function flush() {
  flushing = false;
  const [now, later] = [arriving.slice(0, MOST_A_FRAME), arriving.slice(MOST_A_FRAME)];
  arriving = later;
  now.forEach(history.put);
  const newest = now.at(-1);
  if (newest && isLive(run)) panel.ticker(`${wall(newest.start, "day")}: ${newest.name || "without a name"} · ${facts(newest)}`);
  redraw();
  if (arriving.length) flushSoon();
}

function redraw() {
  element("empty").hidden = history.rows.length > 0;
  draw();
  const all = history.complete ? history.rows.length : Math.max(figures.summary.activities, history.rows.length);
  page.querySelector("[data-slot=total]").textContent = all ? number(all) : "";
  if (isLive(run) && !history.complete) fetchOlder();
  clearTimeout(yearsLater);
  yearsLater = setTimeout(drawYears, Math.max(0, yearsAt + YEARS_EVERY_MS - performance.now()));
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
  if (fetching || history.complete) return;
  fetching = true;
  try {
    const answer = await fetch(`${rowsAddress}?before=${history.rows.at(-1).strava_id}`);
    if (answer.ok) history.extend((await answer.json()).items);
    fetching = false;
    if (answer.ok) redraw();
  } catch {
    setTimeout(() => (fetching = false), 2_000);
  }
}

async function refreshFigures() {
  const answer = await fetch(figuresAddress).catch(() => null);
  if (!answer?.ok) return;
  figures = await answer.json();
  panel.sentence(figures.sentence);
  const open = figures.maybes.filter((one) => (history.get(one.strava_id) ?? one).state === "found");
  maybes.begin(open, figures.summary.maybes - (figures.maybes.length - open.length));
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
  const wasLive = isLive(run);
  run = next;
  if (wasLive && !isLive(run)) flush(); // the last figures and the last rows belong together
  const first = figures.first ? Date.parse(figures.first) : null;
  const progress = measure(run, first, performance.now());
  keepingPlace(() => {
    panel.show(run, { progress, drift });
    maybes.hold(isLive(run));
  });
  if (wasLive && !isLive(run)) refreshFigures();
}

function tellHowFar() {
  const back = run.oldest ? `, back to ${wall(run.oldest, "month")}` : "";
  announce(`${number(run.found)} read, ${counted(run.saved, "parkrun")} saved${back}.`);
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
  },
  "sync.started"(message) {
    panel.error("");
    show(message.run);
    announce("Reading your Strava.");
  },
  "activities.found"(message) {
    arrive(message.items);
  },
  "activity.saved"(message) {
    chosen(message.item);
  },
  "activity.unsaved"(message) {
    chosen(message.item);
  },
  "sync.progress"(message) {
    show(message.run);
    tellHowFar();
  },
  "sync.waiting"(message) {
    show({ ...message.run, waiting: { until: message.until, reason: message.reason } });
    announce("Waiting; it goes on by itself.");
  },
  "sync.finished"(message) {
    show(message.run);
    announce(`All read: ${number(message.run.found)} activities, ${counted(message.run.saved, "parkrun")} saved.`);
  },
  "sync.cancelled"(message) {
    show(message.run);
    announce("Stopped. What was read stays.");
  },
  "sync.failed"(message) {
    show({ ...message.run, failure: { code: message.code, message: message.message, next_step: message.next_step } });
  },
  error(message) {
    panel.error(message.message);
    setBusy(false);
  },
};

function chosen(item) {
  arrive([item]);
  const asked = asking.delete(item.strava_id);
  if (maybes.answered(item.strava_id) && maybes.next()) announce(`Next: ${maybes.next().name}`);
  else if (asked) announce(`${item.state === "saved" ? "Saved" : "Removed"}: ${item.name}`);
  // A run tells of what it saves by itself too, and ends with a look at the figures anyhow.
  clearTimeout(figuresLater);
  if (!isLive(run)) figuresLater = setTimeout(refreshFigures, FIGURES_AFTER_MS);
}

function hear(message) {
  HEARD[message.type]?.(message);
  if (message.type !== "hello" && message.mark !== undefined && !behind) mark = Math.max(mark, message.mark);
  if (message.run || message.type === "hello") setBusy(false);
}

// --- Forms: over the socket while it is there, the plain way otherwise

const asking = new Set();

function setBusy(busy) {
  for (const button of page.querySelectorAll("[data-start] button, [data-cancel] button")) button.ariaDisabled = busy ? "true" : null;
}

function messageOf(form) {
  if ("start" in form.dataset) {
    const { since, until } = Object.fromEntries(new FormData(form));
    return { type: "sync.start", since: since || null, until: until || null };
  }
  if ("cancel" in form.dataset) return { type: "sync.cancel" };
  if (!("choice" in form.dataset)) return null;
  const [, id, verb] = form.action.match(/(\d+)\/(save|unsave)\/$/);
  asking.add(Number(id));
  return { type: `activity.${verb}`, strava_id: Number(id) };
}

page.addEventListener("submit", (event) => {
  const message = messageOf(event.target);
  if (!message || !socket.send(message)) return;
  event.preventDefault();
  if (message.type.startsWith("sync.")) {
    panel.error("");
    setBusy(true);
  }
});

function stand({ state, words }) {
  // The first "Live" goes without saying, and a countdown is for the eyes.
  const changed = connection.dataset.state && connection.dataset.state !== state;
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = words;
  if (changed) announce(words);
}

const socket = openSocket("/ws/sync/", { after: () => mark, hear, stand });
maybes.begin(figures.maybes, figures.summary.maybes);
if (run) show(run);
else maybes.hold(false);
redraw();

/** /clubs/<slug>/screen/<key>/: a club on a wall. Nobody touches it: it keeps itself fresh, through nights without a
    network, restarts and deploys, and goes dark when its key is revoked.

    Written for the browsers of televisions some years old too: no ?. and no ??, here and in whatever it imports. */

import { newEntries } from "./feed/entries.js";
import { keepAwake } from "./screen/awake.js";
import { board } from "./screen/board.js";
import { clubClock } from "./screen/clock.js";
import { figures } from "./screen/figures.js";
import { nightWatch } from "./screen/night.js";
import { refill } from "./screen/refill.js";
import { stage } from "./screen/stage.js";
import { isMilestone, nameOf } from "./screen/words.js";
import { openSocket } from "./socket.js";

const DAY_MS = 86400000;
/** So long without a connection, and what was withdrawn meanwhile could be anything. */
const TOO_OLD_MS = 3600000;
const NOT_ALLOWED = 4403;
const NOT_THERE = 4404;
const LINK = { live: "link-live", offline: "link-lost", over: "link-lost" };

const page = document.querySelector("[data-screen]");
const element = (name) => page.querySelector(`[data-${name}]`);
const data = JSON.parse(document.getElementById("screen-data").textContent);
const key = location.pathname.split("/")[4];

const clock = clubClock(page.dataset.zone);
clock.set(data.server_time);
const connection = element("connection");
const celebrated = new Set();
let entries = newEntries(data);
let day = clock.day();
let lostSince = null;
let isPaused = false;
let isOff = false;

const onStage = stage(element("stage"), { get: (id) => entries.get(id) });
const onBoard = board(element("wall"));
const numbers = figures({ take, gone: turnOff });
const night = nightWatch({ clock, isQuiet: () => onStage.isQuiet });

// --- What is known

function drawBoard() {
  const parkruns = entries.list.filter((entry) => entry.kind === "parkrun");
  const latest = parkruns.reduce((last, { data: { date } }) => (date > last ? date : last), "");
  onBoard.draw(
    parkruns.filter((entry) => entry.data.date === latest),
    clock.day(),
  );
}

/** The server's numbers; and all the entries there are, where we stand nowhere. */
function take(news) {
  if (isOff) return;
  clock.set(news.server_time);
  if (news.page !== data.page) night.want();
  element("tally").innerHTML = news.tally;
  onStage.scenes(news.scenes);
  if (entries.seq !== null) return;
  entries = newEntries(news);
  drawBoard();
  socket.redial();
}

/** Nothing is known any more, and nobody is named, until it has been asked for anew. */
function forget() {
  entries = newEntries();
  onStage.forgetNames();
  drawBoard();
}

// --- What arrives

function hear(message) {
  if (message.type === "hello") clock.set(message.server_time);
  if (message.type === "figures.changed") return numbers.atOnce();
  if (entries.seq === null) return mayStillBeNamed(message) ? numbers.atOnce() : numbers.soon();
  const named = new Map(entries.list.map((entry) => [entry.id, nameOf(entry)]));
  const { touched, added, redial } = entries.hear(message);
  if (redial) return startAnew();
  // Of whose entry is not known here there may be a name and a count all the same.
  const isStrange = message.type === "entry.removed" && !touched.length;
  if (isStrange || touched.some((id) => named.has(id) && !isNamed(id, named.get(id)))) withdrawn();
  touched.forEach(onStage.change);
  added.map((id) => entries.get(id)).forEach(celebrate);
  if (touched.length) drawBoard();
  if (touched.length || message.type === "hello") numbers.soon();
}

/** By numbers that were asked for before this. More must not count here: while much is told, none would ever be taken. */
function mayStillBeNamed({ type }) {
  return type === "hello" || type === "entry.removed";
}

function withdrawn() {
  onStage.forgetNames();
  numbers.atOnce();
}

function isNamed(id, name) {
  const entry = entries.get(id);
  return entry !== undefined && nameOf(entry) === name;
}

/** More than can be told one by one: everything is asked for at once. A mere hole is filled by dialling again. */
function startAnew() {
  if (entries.seq === null) numbers.atOnce();
  else socket.redial();
}

/** Today's runs, and those of yesterday that it still is somewhere. A milestone is one moment with its parkrun. */
function celebrate(entry) {
  const { date, count, event } = entry.data;
  if (!date || Math.abs(Date.parse(date) - Date.parse(clock.day())) > DAY_MS) return;
  const feat = [nameOf(entry), count, event, date].join();
  if (entry.kind === "milestone" && celebrated.has(feat)) return;
  if (isMilestone(entry.data)) celebrated.add(feat);
  onStage.add(entry.id);
}

// --- How it is connected

function stand({ state, words, code }) {
  if (state === "live") lostSince = null;
  else lostSince = lostSince || { at: performance.now(), clock: clock.time() };
  element("link").className = `link ${LINK[state] || ""}`;
  connection.textContent = lostSince ? `${words}, as of ${lostSince.clock}` : words;
  if (state !== "over") return;
  if (code === NOT_ALLOWED || code === NOT_THERE) turnOff();
  else night.want();
}

/** Its key is no longer good: nothing of the club stays. */
function turnOff() {
  if (isOff) return;
  isOff = true;
  document.documentElement.dataset.off = "";
  forget();
  clearInterval(ticking);
  socket.close();
  refill(page, [element("off").content.cloneNode(true)]);
}

// --- Time

function tick() {
  element("clock").textContent = clock.time();
  if (lostSince && performance.now() - lostSince.at > TOO_OLD_MS && entries.seq !== null) forget();
  if (day === clock.day()) return;
  day = clock.day();
  drawBoard();
  numbers.soon();
}

addEventListener("keydown", (event) => {
  if (event.key !== "p") return;
  isPaused = !isPaused;
  onStage.pause(isPaused);
  onBoard.pause(isPaused);
});

const socket = openSocket(`/ws/screens/${key}/`, { after: () => entries.position, hear, stand });
keepAwake(element("frame"));
drawBoard();
const ticking = setInterval(tick, 1000);

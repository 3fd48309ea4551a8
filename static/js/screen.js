/** /clubs/<slug>/screen/<key>/: keeps a club's wall up to date unattended, through nights offline, restarts and deploys,
    and turns it off when its key is revoked.

    Must run in the browsers of older televisions: no ?. and no ??, here and in every module it imports. */

import { newEntries } from "./feed/entries.js";
import { openSocket } from "./live/socket.js";
import { pageWords } from "./page_words.js";
import { keepAwake } from "./screen/awake.js";
import { board } from "./screen/board.js";
import { clubClock } from "./screen/clock.js";
import { wallConnection } from "./screen/connection.js";
import { figures } from "./screen/figures.js";
import { newLifetime } from "./screen/lifetime.js";
import { nightWatch } from "./screen/night.js";
import { refill } from "./screen/refill.js";
import { stage } from "./screen/stage.js";

const DAY_MS = 86400000;
/** Offline for this long, any entry may have been withdrawn: hide them all. */
const TOO_OLD_MS = 3600000;
const KEY_REFUSED = [4403, 4404];

const page = document.querySelector("[data-screen]");
const element = (name) => page.querySelector(`[data-${name}]`);
const data = JSON.parse(document.getElementById("screen-data").textContent);
const key = location.pathname.split("/")[4];
const say = pageWords();

const clock = clubClock(page.dataset.zone);
clock.set(data.server_time);
const connection = wallConnection({ link: element("link"), line: element("connection"), clock, say });
const celebrated = new Set();
let entries = newEntries(data);
const socket = openSocket(`/ws/screens/${key}/`, { position: () => entries.position, receive, showStatus, say });
let day = clock.day();
let isPaused = false;

const life = newLifetime();
const onStage = stage(element("stage"), { get: (id) => entries.get(id), life, say });
const onBoard = board(element("wall"), { life, say });
const numbers = figures({ take: takeFigures, gone: turnOff, life });
const night = nightWatch({ clock, life, isQuiet: () => onStage.isQuiet });

// --- Entries and figures

function drawBoard() {
  const parkruns = entries.all.filter((entry) => entry.kind === "parkrun");
  const latest = parkruns.reduce((last, { data: { date } }) => (date > last ? date : last), "");
  onBoard.draw(
    parkruns.filter((entry) => entry.data.date === latest),
    clock.day(),
  );
}

/** Show the server's figures, and its entries if the wall has none. */
function takeFigures(answer) {
  clock.set(answer.server_time);
  if (answer.page !== data.page) night.want();
  element("tally").innerHTML = answer.tally;
  onStage.scenes(answer.scenes);
  if (entries.seq !== null) return;
  entries = newEntries(answer);
  drawBoard();
  socket.redial();
}

/** Drop all entries and every name until they have been fetched again. */
function forgetEntries() {
  entries = newEntries();
  onStage.forgetNames();
  drawBoard();
}

// --- Messages

function receive(message) {
  if (message.type === "hello") clock.set(message.server_time);
  if (message.type === "figures.changed") return numbers.atOnce();
  if (entries.seq === null) return mayStillBeNamed(message) ? numbers.atOnce() : numbers.soon();
  const named = new Map(entries.all.map((entry) => [entry.id, nameOf(entry)]));
  const { touched, added, redial } = entries.receive(message);
  if (redial) return recover();
  // The figures may still name and count an entry that the wall does not have.
  const isUnknown = message.type === "entry.removed" && !touched.length;
  if (isUnknown || touched.some((id) => named.has(id) && !isNamed(id, named.get(id)))) withdrawn();
  touched.forEach(onStage.change);
  added.map((id) => entries.get(id)).forEach(celebrate);
  if (touched.length) drawBoard();
  if (touched.length || message.type === "hello") numbers.soon();
}

/** Whether figures requested before this message may name a member who has withdrawn. Other messages must not count:
    a steady stream of them would discard every answer. */
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

/** The name that the entry shows, or "" for a member without a name. */
function nameOf({ athlete }) {
  return athlete ? athlete.name : "";
}

/** Fetch everything if the position is lost; redial to fill a gap in the seqs. */
function recover() {
  if (entries.seq === null) numbers.atOnce();
  else socket.redial();
}

/** Queue a moment for an entry that has words for a wall and is of today, in any time zone. A milestone and its parkrun
    share one moment. */
function celebrate(entry) {
  const { date, count, event } = entry.data;
  if (!entry.place || Math.abs(Date.parse(date) - Date.parse(clock.day())) > DAY_MS) return;
  const feat = [nameOf(entry), count, event, date].join();
  if (entry.kind === "milestone" && celebrated.has(feat)) return;
  if (entry.milestone) celebrated.add(feat);
  onStage.add(entry.id);
}

// --- Connection

function showStatus(status) {
  connection.show(status);
  if (status.state !== "over") return;
  if (KEY_REFUSED.includes(status.code)) turnOff();
  else night.want();
}

/** The key has been revoked: remove everything of the club and stop all timers. */
function turnOff() {
  if (life.isOver) return;
  life.end();
  socket.close();
  document.dispatchEvent(new Event("wall-off"));
  refill(page, [element("off").content.cloneNode(true)]);
}

// --- Time

/** Write the time only when it has changed: any write makes the browser lay out and paint again, each second. */
function showTime(time) {
  const shown = element("clock");
  if (shown.textContent !== time) shown.textContent = time;
}

function tick() {
  showTime(clock.time());
  if (connection.lostFor() > TOO_OLD_MS && entries.seq !== null) forgetEntries();
  if (day === clock.day()) return;
  day = clock.day();
  pause(false);
  drawBoard();
  numbers.soon();
}

/** Pause moments, board and scenes. Ends at midnight, in case the key was pressed by mistake. */
function pause(on) {
  if (on === isPaused) return;
  isPaused = on;
  element("paused").hidden = !on;
  onStage.pause(on);
  onBoard.pause(on);
}

life.listen(window, "keydown", (event) => event.key === "p" && pause(!isPaused));

keepAwake(element("frame"), life);
drawBoard();
life.every(1000, tick);

/** /clubs/<slug>/: updates the feed over its socket, and sends its forms over the socket while it is connected. */

import { announcer } from "./announcer.js";
import { dayWords, zoneClock } from "./days.js";
import { cardMaker } from "./feed/card.js";
import { cardValues } from "./feed/card_values.js";
import { cheerForms } from "./feed/cheer_forms.js";
import { cheering } from "./feed/cheering.js";
import { deepLink } from "./feed/deep_link.js";
import { newFeedState } from "./feed/feed_state.js";
import { floodMaker } from "./feed/flood.js";
import { feedList } from "./feed/list.js";
import { olderLink } from "./feed/older_link.js";
import { postMenu } from "./feed/post_menu.js";
import { readingControls } from "./feed/reading.js";
import { threadMaker } from "./feed/thread.js";
import { whoCheered } from "./feed/who_cheered.js";
import { writingForms } from "./feed/writing.js";
import { connectionLine, showReason } from "./live/connection_line.js";
import { openSocket } from "./live/socket.js";
import { pageWords } from "./page_words.js";
import { keepPlace } from "./way_back.js";

const MIDNIGHT_CHECK_MS = 60_000;
const BLOCKED_AFTER_MS = 10_000;
const MOST_SPOKEN = 140;

const page = document.querySelector("[data-feed]");
const element = (name) => page.querySelector(`[data-${name}]`);
const { slug, zone, epoch, seq, older, before } = page.dataset;
const [path, me] = [`/clubs/${slug}/`, Number(page.dataset.me)];
const entryPath = `${path}entries/`;
const isCaptain = "captain" in page.dataset;

const data = document.getElementById("feed-data");
const first = JSON.parse(data.textContent);
data.remove(); // or it would stay when the page is closed for a reader who has left the club

const muted = JSON.parse(page.dataset.muted);
const state = newFeedState({ first, epoch, seq: Number(seq), older, before, me, muted });
const { entries, folds, isMine } = state;
const say = pageWords();
const socket = openSocket(`/ws${path}`, {
  position: () => entries.position,
  receive,
  say,
  showStatus: connectionLine(page, { changed: noteStatus, close }),
}); // connects while the rest is set up
const announce = announcer(element("status"));
const [listElement, showNew] = [element("list"), element("show-new")];
const reading = readingControls({ list: listElement, pause: element("pause"), showNew, page });
const clock = zoneClock(zone);
let today = clock.dayOf(Date.now());
let isGreeted = false;
let isOver = false;
let clockOffset = 0; // of the server's clock

// --- The cards

const valuesOf = cardValues({ clock, say });
const thread = threadMaker(element("blank-reply"), { path: entryPath, valuesOf, say });
const card = cardMaker(element("blank"), { path: entryPath, valuesOf, thread, say });
const list = feedList(listElement, {
  entries,
  folds,
  card,
  flood: floodMaker(element("blank-flood"), { say }),
  days: { of: (at) => clock.dayOf(Date.parse(at)), words: (day) => dayWords(day, today, say) },
  holds: () => reading.holds({ isMine, isNewest }),
  waits(ids) {
    showNew.hidden = ids.length === 0;
    const isReplies = ids.every((id) => entries.get(id)?.reply_to);
    showNew.textContent = say(isReplies ? "show_replies" : "show_new", { count: ids.length });
    element("empty").hidden = entries.all.length > 0 || !entries.isWhole;
  },
});
const olderEntries = olderLink(element("older-link"), listElement, { state, path, draw: list.draw });

/** Whether the entry goes above all cards; only then does its card move the one being read. */
function isNewest(entry) {
  return entries.indexOf(entry) < entries.indexOf(firstInPage());
}

function firstInPage() {
  const top = listElement.firstElementChild;
  return top ? { at: top.dataset.at, id: Number(top.dataset.id ?? 0) } : { at: "", id: 0 };
}

setInterval(() => {
  if (today === clock.dayOf(Date.now())) return;
  today = clock.dayOf(Date.now());
  list.renewDays();
}, MIDNIGHT_CHECK_MS);

// --- What the socket sends

function receive(message) {
  if (message.type === "watching") showWatching(message);
  if (message.type === "error") refused(message);
  if (message.type === "cheer.mine" && !cheers.confirms(message)) return;
  const hadNoPosition = entries.seq === null;
  const { touched, added, redial, isWithdrawn } = state.receive(message);
  if (redial) return socket.redial();
  if (hadNoPosition && before) return location.reload(); // a page of older entries has to be loaded again
  touched.forEach(arrived);
  if (isWithdrawn) withdrawn();
  list.draw(touched);
  new Set(touched.concat(touched.map(state.cardOf))).forEach(names.refresh);
  writing.removeStale();
  menu.refresh();
  if (state.noteAdded(added)) announce(wordsOfAdded);
  if (message.type === "hello") caughtUp(message);
}

/** A name or an entry is gone: clear the status line and refresh the open lists of who cheered. */
function withdrawn() {
  announce("");
  names.refreshAll();
}

function arrived(id) {
  if (writing.changed(id)) announce(say("saved"));
  const ref = entries.get(id)?.data?.ref;
  if (!ref || !writing.arrived(ref)) return;
  state.ownPost(id);
  announce(say("posted"));
}

function caughtUp(message) {
  if (!isGreeted && location.hash) link.look();
  isGreeted = true;
  clockOffset = Date.parse(message.server_time) - Date.now();
  showWatching(message.watching);
  olderEntries.watch();
  writing.resume();
  cheers.resume();
}

function wordsOfAdded() {
  const { entries: added, cards } = state.takeUnspoken();
  if (cards > 1) return say("new_cards", { count: cards });
  return added.map(({ text }) => text).join(" ").slice(0, MOST_SPOKEN);
}

function showWatching({ says }) {
  element("watching").textContent = says;
}

function refused({ ref, message }) {
  if (writing.refused(ref, message)) return;
  cheers.refused(ref);
  announce(message);
}

// --- The connection

/** Whether to submit forms over HTTP: the connection is over for good, or a proxy blocks sockets. */
function isByForm() {
  const isBlocked = !isGreeted && performance.now() > BLOCKED_AFTER_MS && navigator.onLine;
  return isOver || isBlocked;
}

function noteStatus({ state: status, words }) {
  isOver = status === "over";
  announce(status === "dialling" ? say("dialling") : words); // without the countdown
  if (isOver) writing.stop(words);
}

/** The reader may no longer see the club: empty the page and show the reason. */
function close(why) {
  olderEntries.close();
  list.close();
  menu.close();
  announce("");
  element("watching").textContent = "";
  showReason(why, [element("pause"), element("open")], (part) => (part.hidden = true));
}

// --- Forms

const cheers = cheering({ entries, draw: (id) => list.draw([state.cardOf(id)]), send: socket.send });
const { elementOf } = list;
const draw = (ids) => list.draw(ids);
const writing = writingForms(page, { slug, me, path, entries, elementOf, send: socket.send, isByForm, announce, say });
const names = whoCheered(page, { elementOf, announce, say });
const menu = postMenu(element("post-menu"), {
  page,
  state,
  isCaptain,
  path: entryPath,
  now: () => Date.now() + clockOffset,
  edit: writing.edit,
  muted: (id) => draw(state.mute(id)),
  announce,
  say,
});
const link = deepLink({ entries, fetchOlder: olderEntries.fetchOlder, path: entryPath, announce, say });
cheerForms(page, { state, cheers, isByForm });
for (const entry of first) if (entry.mine) writing.arrived(entry.data.ref);
reading.begin(list);
olderEntries.watch();
keepPlace(listElement);

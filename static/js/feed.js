/** /clubs/<slug>/: updates the feed over its socket, and sends its forms over the socket while it is connected. */

import { announcer } from "./announcer.js";
import { ask } from "./ask.js";
import { cardMaker } from "./feed/card.js";
import { cheering } from "./feed/cheering.js";
import { composer } from "./feed/composer.js";
import { newEntries } from "./feed/entries.js";
import { folding } from "./feed/folding.js";
import { feedList } from "./feed/list.js";
import { dayWords, shower } from "./feed/shown.js";
import { whoCheered } from "./feed/who_cheered.js";
import { openSocket } from "./socket.js";
import { keepPlace } from "./way_back.js";
import { counted } from "./words.js";

const MIDNIGHT_CHECK_MS = 60_000;
const REST_MS = 2_000;
const BLOCKED_AFTER_MS = 10_000;

const page = document.querySelector("[data-feed]");
const element = (name) => page.querySelector(`[data-${name}]`);
const { slug, zone, me, before } = page.dataset;
const path = `/clubs/${slug}/`;
const isCaptain = "captain" in page.dataset;

const announce = announcer(element("status"));
const newest = element("show-new");
const olderLink = element("older-link");
const connection = element("connection");
const watching = element("watching");
const pause = element("pause");
const { shown, dayOf } = shower(zone);
let today = dayOf(Date.now());

// --- Entries in the page

const data = document.getElementById("feed-data");
const first = JSON.parse(data.textContent);
data.remove(); // or it would stay when the page is closed for a reader who has left the club
const mine = new Set(first.filter((entry) => entry.mine).map((entry) => entry.id));
const placed = (cursor) => cursor && { at: cursor.split(",")[0], id: Number(cursor.split(",")[1]) };
const entries = newEntries({
  epoch: page.dataset.epoch,
  seq: Number(page.dataset.seq),
  entries: first,
  floor: placed(page.dataset.older) || null,
  ceiling: before ? placed(before) : null,
});
const socket = openSocket(`/ws${path}`, { after: () => entries.position, receive, showState }); // connects while the rest is set up
const folds = folding(entries);
const cardOf = (id) => folds.hostOf(id) ?? id;

const card = cardMaker(element("blank"), {
  path: `${path}entries/`,
  show: shown,
  may: (entry) => isCaptain || isMine(entry),
});
const list = feedList(element("list"), {
  entries,
  folds,
  card,
  days: { of: (at) => dayOf(Date.parse(at)), words: (day) => dayWords(day, today) },
  holds() {
    const reading = isReading();
    return (entry) => reading && isNewest(entry) && !isMine(entry);
  },
  waits(count) {
    newest.hidden = count === 0;
    newest.textContent = `Show ${count} new`;
    element("empty").hidden = entries.list.length > 0 || !entries.whole;
  },
});

function isMine(entry) {
  return mine.has(entry.id) || (entry.athlete !== null && entry.athlete?.id === Number(me));
}

/** Whether the entry goes above all cards; only then does it move the card being read. */
function isNewest(entry) {
  return entries.placeOf(entry) < entries.placeOf(firstInPage());
}

function firstInPage() {
  const newestCard = element("list").firstElementChild;
  return newestCard ? { at: newestCard.dataset.at, id: Number(newestCard.dataset.id) } : { at: "", id: 0 };
}

function isReading() {
  if (pause.ariaPressed === "true") return true;
  const scrolled = element("list").getBoundingClientRect().top < 0;
  return scrolled || element("list").querySelector(":focus-visible") !== null;
}

function showNew() {
  list.show();
  element("list").firstElementChild?.querySelector("button").focus({ preventScroll: true });
  page.scrollIntoView();
}

newest.addEventListener("click", showNew);
pause.hidden = false;
pause.addEventListener("click", () => {
  pause.ariaPressed = pause.ariaPressed === "true" ? "false" : "true";
  if (!isReading()) list.show();
});
addEventListener("scroll", () => list.waiting && !isReading() && list.show(), { passive: true });
setInterval(() => {
  if (today === dayOf(Date.now())) return;
  today = dayOf(Date.now());
  list.renewDays();
}, MIDNIGHT_CHECK_MS);

// --- Older entries

let fetching = false;

async function fetchOlder() {
  if (fetching || entries.whole) return;
  fetching = true;
  const { before: from, ticket } = entries.ask();
  const answer = await ask(`${path}entries/?before=${encodeURIComponent(from)}`);
  if (answer?.ok) {
    const { entries: older, older: end } = answer.json;
    for (const entry of older) if (entry.mine) mine.add(entry.id);
    list.draw(entries.extend(older, placed(end) || null, ticket));
  } else {
    await new Promise((done) => setTimeout(done, REST_MS));
  }
  fetching = false;
  watchOlderLink();
}

function watchOlderLink() {
  olderLink.hidden = entries.whole;
  near.unobserve(olderLink);
  if (!entries.whole) near.observe(olderLink); // observing again calls back if the link is still near
}

const near = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && fetchOlder(), { rootMargin: "1200px" });
olderLink.addEventListener("click", async (event) => {
  event.preventDefault();
  const last = element("list").lastElementChild;
  await fetchOlder();
  requestAnimationFrame(() => last?.nextElementSibling?.querySelector("button").focus({ preventScroll: true }));
});

// --- What the socket sends

let isGreeted = false;

function receive(message) {
  if (message.type === "watching") showWatching(message);
  if (message.type === "error") refused(message);
  if (message.type === "cheer.mine" && !cheers.confirms(message)) return;
  const hadNoPosition = entries.seq === null;
  const received = message.entry ? [message.entry] : message.entries ?? [];
  const known = received.map(({ id }) => entries.get(id));
  const { touched, added, redial } = entries.receive(message);
  if (redial) return socket.redial();
  if (hadNoPosition && before) return location.reload(); // a page of older entries has to be loaded again
  touched.forEach(arrived);
  const isRenamed = known.some((entry) => entry && nameOf(entry) !== nameOf(entries.get(entry.id)));
  if (isRenamed || touched.some((id) => !entries.get(id))) withdrawn();
  list.draw(touched);
  new Set(touched.map(cardOf)).forEach(names.refresh);
  if (added.length) announceAdded(added);
  if (message.type === "hello") caughtUp(message);
}

function nameOf(entry) {
  return entry?.athlete?.name;
}

/** A name or an entry is gone: clear the status line and refresh the open lists of who cheered. */
function withdrawn() {
  announce("");
  names.refreshAll();
}

function arrived(id) {
  const ref = entries.get(id)?.data?.ref;
  if (!ref || !writing?.arrived(ref)) return;
  mine.add(id);
  announce("Posted.");
}

function caughtUp(message) {
  isGreeted = true;
  showWatching(message.watching);
  watchOlderLink();
  writing?.resume();
  cheers.resume();
}

const unspoken = new Set(); // entries added since the status line last announced any

function announceAdded(added) {
  for (const id of added) if (!isMine(entries.get(id))) unspoken.add(id);
  if (unspoken.size) announce(wordsOfAdded);
}

function wordsOfAdded() {
  const ids = Array.from(unspoken).filter(entries.get);
  unspoken.clear();
  const cards = new Set(ids.map(cardOf));
  if (cards.size > 1) return `${cards.size} new in the feed.`;
  return ids.map((id) => entries.get(id).text).join(" ").slice(0, 140);
}

function showWatching({ members, screens }) {
  const parts = [members && counted(members, "member"), screens && counted(screens, "screen")].filter(Boolean);
  const verb = members + screens === 1 ? "is" : "are";
  watching.textContent = parts.length ? `${parts.join(" and ")} ${verb} watching` : "";
}

function refused({ ref, message }) {
  if (writing?.refused(ref, message)) return;
  cheers.refused(ref);
  announce(message);
}

/** Whether to submit forms over HTTP: the connection is over for good, or a proxy blocks sockets. */
function worksByForm() {
  const isBlocked = !isGreeted && performance.now() > BLOCKED_AFTER_MS && navigator.onLine;
  return connection.dataset.state === "over" || isBlocked;
}

function showState({ state, words, code }) {
  const changed = state !== (connection.dataset.state ?? "live"); // the first "Live" is not announced
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = words;
  const why = page.querySelector(`[data-over="${code}"]`);
  if (why) close(why);
  if (changed) announce(state === "dialling" ? "Reconnecting" : words); // without the countdown
  if (state === "over") writing?.stop(words);
}

/** The reader may no longer see the club: empty the page and show the reason. */
function close(why) {
  const hadFocus = [element("open"), pause].some((part) => part.contains(document.activeElement));
  near.disconnect();
  list.close();
  announce("");
  watching.textContent = "";
  for (const gone of [pause, element("open")]) gone.hidden = true;
  why.hidden = false;
  if (hadFocus) why.focus();
}

// --- Forms

page.addEventListener("submit", (event) => {
  if (worksByForm()) return;
  const form = event.target;
  if ("cheer" in form.dataset) {
    event.preventDefault();
    pressCheer(Number(form.closest(".entry").dataset.id));
  } else if ("remove" in form.dataset) {
    event.preventDefault();
    removePost(form);
  }
});

/** Withdraw the reader's cheers for all entries of the card; if there are none, cheer for the card's own entry. */
function pressCheer(id) {
  const entry = entries.get(id);
  if (!entry) return; // removed; its card is about to go
  const cheered = [entry, ...folds.guestsOf(id)].filter((one) => one.cheered);
  (cheered.length ? cheered : [entry]).forEach(cheers.press);
}

/** Send the form; the card goes when the socket confirms. A redirect is no proof, as signed-out readers get one too. */
async function removePost(form) {
  const post = { method: "POST", body: new FormData(form), redirect: "manual" };
  const answer = await fetch(form.action, post).catch(() => null);
  const taken = answer?.type === "opaqueredirect" || answer?.status === 404;
  const problem = answer ? "Reload the page and try again." : "You're offline.";
  const words = taken ? "Deleting …" : `Not deleted. ${problem}`;
  form.querySelector("span").textContent = words;
  announce(words);
}

const names = whoCheered(list.elementOf, announce);
page.addEventListener("click", (event) => {
  const link = event.target.closest("[data-slot=cheers]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  names.toggle(Number(link.closest(".entry").dataset.id));
});

const cheers = cheering({ entries, draw: (id) => list.draw([id]), send: socket.send });
const form = element("composer");
const writing = form && composer(form, { keep: `post-${slug}-${me}`, send: socket.send, byForm: worksByForm });
for (const entry of first) if (entry.mine) writing?.arrived(entry.data.ref);
watchOlderLink();
keepPlace(element("list"));

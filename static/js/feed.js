/** /clubs/<slug>/: keeps the feed fresh over its socket, and sends its forms that way while the socket is there. */

import { announcer } from "./announcer.js";
import { ask } from "./ask.js";
import { cardMaker } from "./feed/card.js";
import { cheering } from "./feed/cheering.js";
import { composer } from "./feed/composer.js";
import { newEntries } from "./feed/entries.js";
import { feedList } from "./feed/list.js";
import { dayWords, shower } from "./feed/shown.js";
import { whoCheered } from "./feed/who_cheered.js";
import { openSocket } from "./socket.js";
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

// --- What the page shows already

const rows = Array.from(element("list").children, ({ dataset }) => dataset);
const mine = new Set(rows.filter((row) => "mine" in row).map((row) => Number(row.id)));
const placed = (cursor) => cursor && { at: cursor.split(",")[0], id: Number(cursor.split(",")[1]) };
const entries = newEntries({
  epoch: page.dataset.epoch,
  seq: Number(page.dataset.seq),
  entries: rows.map((row) => ({ id: Number(row.id), seq: Number(row.seq), at: row.at, cheered: "cheered" in row })),
  floor: placed(page.dataset.older) || null,
  ceiling: before ? placed(before) : null,
});

const card = cardMaker(element("blank"), {
  path: `${path}entries/`,
  show: shown,
  may: (entry) => isCaptain || isMine(entry),
});
const list = feedList(element("list"), {
  entries,
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

/** What comes in below what is read moves nothing. */
function isNewest(entry) {
  return entries.placeOf(entry) < entries.placeOf(firstInPage());
}

function firstInPage() {
  const first = element("list").firstElementChild;
  return first ? { at: first.dataset.at, id: Number(first.dataset.id) } : { at: "", id: 0 };
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
  list.headAnew();
}, MIDNIGHT_CHECK_MS);

// --- Older ones

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
    await new Promise((rested) => setTimeout(rested, REST_MS));
  }
  fetching = false;
  pointOlder();
}

function pointOlder() {
  olderLink.hidden = entries.whole;
  near.unobserve(olderLink);
  if (!entries.whole) near.observe(olderLink); // looks anew, and goes on while the end is still in sight
}

const near = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && fetchOlder(), { rootMargin: "1200px" });
olderLink.addEventListener("click", async (event) => {
  event.preventDefault();
  const last = element("list").lastElementChild;
  await fetchOlder();
  requestAnimationFrame(() => last?.nextElementSibling?.querySelector("button").focus({ preventScroll: true }));
});

// --- What the socket tells

let isGreeted = false;

function hear(message) {
  if (message.type === "watching") tellWatching(message);
  if (message.type === "error") refused(message);
  if (message.type === "cheer.mine" && !cheers.confirms(message)) return;
  const stoodNowhere = entries.seq === null;
  const told = message.entry ? [message.entry] : message.entries ?? [];
  const called = told.map(({ id }) => nameInPage(id));
  const { touched, added, redial } = entries.hear(message);
  if (redial) return socket.redial();
  if (stoodNowhere && before) return location.reload(); // what stood here has to be read anew
  touched.forEach(arrived);
  const isRenamed = told.some(({ id }, place) => called[place] && called[place] !== nameOf(entries.get(id)));
  if (isRenamed || touched.some((id) => !entries.get(id))) withdrawn();
  list.draw(touched);
  touched.forEach(names.tellAnew);
  if (added.length) tellAdded(added);
  if (message.type === "hello") settle(message);
}

function nameInPage(id) {
  return entries.get(id)?.athlete?.name ?? list.elementOf(id)?.querySelector("[data-slot=name]").textContent;
}

function nameOf(entry) {
  return entry?.athlete?.name ?? "A member";
}

/** A name, or all of it: so is what was said of it, and that they cheered. */
function withdrawn() {
  announce("");
  names.tellAllAnew();
}

function arrived(id) {
  const ref = entries.get(id)?.data?.ref;
  if (!ref || !writing?.arrived(ref)) return;
  mine.add(id);
  announce("Posted.");
}

function settle(message) {
  isGreeted = true;
  tellWatching(message.watching);
  pointOlder();
  writing?.resume();
  cheers.resume();
}

function tellAdded(added) {
  const others = added.map(entries.get).filter((entry) => !isMine(entry));
  if (others.length === 1) announce(others[0].text.slice(0, 140));
  else if (others.length) announce(`${others.length} new in the feed.`);
}

function tellWatching({ members, screens }) {
  const parts = [members && counted(members, "member"), screens && counted(screens, "screen")].filter(Boolean);
  const verb = members + screens === 1 ? "is" : "are";
  watching.textContent = parts.length ? `${parts.join(" and ")} ${verb} watching` : "";
}

function refused({ code, message }) {
  if (code !== "unknown_entry" && writing?.refused(message)) return;
  cheers.refused();
  announce(message);
}

/** Over for good, or blocked on the way by what lets pages through and no sockets. */
function worksByForm() {
  const isBlocked = !isGreeted && performance.now() > BLOCKED_AFTER_MS && navigator.onLine;
  return connection.dataset.state === "over" || isBlocked;
}

function stand({ state, words, code }) {
  const changed = connection.dataset.state && connection.dataset.state !== state;
  connection.hidden = false;
  connection.dataset.state = state;
  connection.textContent = words;
  const why = page.querySelector(`[data-over="${code}"]`);
  if (why) close(why);
  if (changed) announce(words);
  if (state === "over") writing?.stop(words);
}

/** Who may read no longer does: what stands in the page goes, and why is said in its place. */
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
    const entry = entries.get(Number(form.closest(".entry").dataset.id));
    if (entry) cheers.press(entry); // or it is gone, and about to be taken off the page
  } else if ("remove" in form.dataset) {
    event.preventDefault();
    removePost(form);
  }
});

/** Its entry goes when the socket says so, here as everywhere. Who is signed out is led elsewhere too, so nothing is
    claimed of what the server has only answered. */
async function removePost(form) {
  const post = { method: "POST", body: new FormData(form), redirect: "manual" };
  const answer = await fetch(form.action, post).catch(() => null);
  const taken = answer?.type === "opaqueredirect" || answer?.status === 404;
  const problem = answer ? "Reload the page and try again." : "There is no connection just now.";
  const words = taken ? "Being deleted …" : `Not deleted. ${problem}`;
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

const socket = openSocket(`/ws${path}`, { after: () => entries.position, hear, stand });
const cheers = cheering({ entries, list, card, send: socket.send });
const form = element("composer");
const writing = form && composer(form, { keep: `post-${slug}-${me}`, send: socket.send, byForm: worksByForm });
for (const { ref } of rows) if (ref) writing?.arrived(ref);
pointOlder();

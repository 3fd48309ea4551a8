/** /clubs/<slug>/: keeps the feed fresh over its socket, and sends its forms that way while the socket is there. */

import { announcer } from "./announcer.js";
import { cardMaker } from "./feed/card.js";
import { composer } from "./feed/composer.js";
import { newEntries } from "./feed/entries.js";
import { feedList } from "./feed/list.js";
import { dayWords, shower } from "./feed/shown.js";
import { whoCheered } from "./feed/who_cheered.js";
import { openSocket } from "./socket.js";
import { counted } from "./words.js";

const MIDNIGHT_CHECK_MS = 60_000;
const REST_MS = 2_000;

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
    element("empty").hidden = entries.list.length > 0;
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
  return entries.get(Number(first?.dataset.id)) ?? { at: "", id: 0 };
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
  const answer = await fetch(`${path}entries/?before=${encodeURIComponent(from)}`).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const { entries: older, older: end } = await answer.json();
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
olderLink.addEventListener("click", (event) => {
  event.preventDefault();
  fetchOlder();
});

// --- What the socket tells

function hear(message) {
  if (message.type === "watching") tellWatching(message);
  if (message.type === "error") refused(message);
  if (message.type === "cheer.mine" && wanted.get(message.id) === message.cheered) wanted.delete(message.id);
  const stoodNowhere = entries.seq === null;
  const { touched, added, redial } = entries.hear(message);
  if (redial) return socket.redial();
  if (stoodNowhere && before) return location.reload(); // what stood here has to be read anew
  touched.forEach(arrived);
  if (touched.some((id) => !entries.get(id))) announce(""); // what was said of it is withdrawn too
  list.draw(touched);
  touched.forEach(names.tellAnew);
  if (added.length) tellAdded(added);
  if (message.type === "hello") settle(message);
}

function arrived(id) {
  const ref = entries.get(id)?.data?.ref;
  if (!ref || !writing?.arrived(ref)) return;
  mine.add(id);
  announce("Posted.");
}

function settle(message) {
  tellWatching(message.watching);
  pointOlder();
  writing?.resume();
  for (const [id, cheered] of wanted) sendCheer(id, cheered);
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
  wanted.clear();
  announce(message);
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
  const hadFocus = element("open").contains(document.activeElement);
  near.disconnect();
  list.close();
  announce("");
  watching.textContent = "";
  for (const gone of [pause, element("open")]) gone.hidden = true;
  why.hidden = false;
  if (hadFocus) why.focus();
}

// --- Cheers: what is wanted shows at once, and is sent until it is confirmed

const wanted = new Map();

function sendCheer(id, cheered) {
  wanted.set(id, cheered);
  socket.send({ type: cheered ? "cheer" : "uncheer", id });
}

page.addEventListener("submit", (event) => {
  if (connection.dataset.state === "over") return; // the forms go by themselves, as without this script
  const form = event.target;
  const id = Number(form.closest(".entry")?.dataset.id);
  if ("cheer" in form.dataset) {
    event.preventDefault();
    const entry = entries.get(id);
    entry.cheered = !entry.cheered;
    card.pressed(list.elementOf(id), entry);
    sendCheer(id, entry.cheered);
  } else if ("remove" in form.dataset) {
    event.preventDefault();
    removePost(form);
  }
});

/** Its entry goes when the socket says so, here as everywhere. */
async function removePost(form) {
  const post = { method: "POST", body: new FormData(form), redirect: "manual" };
  const answer = await fetch(form.action, post).catch(() => null);
  const done = answer?.type === "opaqueredirect" || answer?.status === 404;
  form.querySelector("span").textContent = done ? "Deleted." : "Not deleted: there is no connection just now.";
}

const names = whoCheered(list.elementOf);
page.addEventListener("click", (event) => {
  const link = event.target.closest("[data-slot=cheers]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  names.toggle(Number(link.closest(".entry").dataset.id));
});

const socket = openSocket(`/ws${path}`, { after: () => entries.seq, hear, stand });
const form = element("composer");
const writing = form && composer(form, { keep: `post-${slug}-${me}`, send: socket.send });
for (const { ref } of rows) if (ref) writing?.arrived(ref);
pointOlder();

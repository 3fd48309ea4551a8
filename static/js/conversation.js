/** /messages/<athlete>/: keeps a conversation up to date over the socket of all messages, and sends what is written. */

import { announcer } from "./announcer.js";
import { dayWords, zoneClock } from "./days.js";
import { newRef } from "./feed/refs.js";
import { connectionLine, showReason } from "./live/connection_line.js";
import { olderPages } from "./live/older_pages.js";
import { openSocket } from "./live/socket.js";
import { bubbleList } from "./messages/bubbles.js";
import { composer } from "./messages/composer.js";
import { newConversationState } from "./messages/conversation_state.js";
import { newUnsentMessages } from "./messages/unsent.js";
import { pendingBubbles } from "./messages/pending_bubbles.js";
import { placeInConversation } from "./messages/place.js";
import { sayDelivered } from "./messages/receipts.js";
import { pageWords } from "./page_words.js";
import { draftStore, unsentStore } from "./stored_texts.js";

const MIDNIGHT_CHECK_MS = 60_000;
const BLOCKED_AFTER_MS = 10_000;
const OLDER_MARGIN = "800px";
const FOR_NOW = ["try_again", "too_many_requests"]; // codes of errors after which the same message may be sent again

const page = document.querySelector("[data-conversation]");
const element = (name) => page.querySelector(`[data-${name}]`);
const data = document.getElementById("conversation-data");
const first = JSON.parse(data.textContent);
data.remove(); // or it would stay when the page is emptied after signing out

const say = pageWords();
const announce = announcer(element("status"));
const clock = zoneClock(first.zone);
const state = newConversationState(first);
const [list, pendingList] = [element("list"), element("pending")];
const storeName = `messages-${first.me}-${first.with}`;
let today = clock.dayOf(Date.now());
let readSent = 0; // the id in the last message.read that was sent over this socket
let isGreeted = false;
let isOver = false;

const socket = openSocket("/ws/messages/", {
  position: () => state.position,
  receive,
  say,
  showStatus: connectionLine(page, { changed: noteStatus, close }),
});
const bubbles = bubbleList(list, {
  state,
  template: element("blank"),
  clock,
  dayWords: (day) => dayWords(day, today, say),
  name: first.name,
  say,
});
const place = placeInConversation({ list, showNew: element("show-new"), reached: markRead, say });
const unsent = newUnsentMessages({
  store: unsentStore(storeName),
  send: ({ text, ref }) => socket.send({ type: "message.send", to: first.with, text, ref }),
  newRef,
  changed: drawPending,
  noAnswer: say("no_answer"),
});
const pending = pendingBubbles(pendingList, {
  unsent,
  template: element("blank-pending"),
  edit: (text) => writing?.putBack(text),
  say,
});
const form = element("composer");
const writing = form && composer(form, {
  draft: draftStore(`${storeName}-draft`),
  most: first.most,
  submit: write,
  isByForm,
  resized: place.resized,
  say,
});

// --- What the socket sends

function receive(message) {
  if (message.type === "hello" && !message.complete) return location.reload();
  if (message.type === "error") return refused(message);
  const { touched, added } = state.receive(message);
  place.keep(() => {
    for (const id of added) unsent.arrived(state.get(id).ref);
    bubbles.draw(touched);
    return added.filter((id) => !state.get(id).mine);
  });
  element("empty").hidden = state.size > 0;
  sayDelivered(socket, message);
  if (message.type === "hello") greeted();
  markRead();
}

function greeted() {
  [isGreeted, readSent] = [true, 0];
  unsent.resume();
}

function refused({ ref, code, message }) {
  if (!unsent.refused(ref, message, !FOR_NOW.includes(code))) announce(message);
}

/** Called whenever the end of the conversation may be in view. */
function markRead() {
  const newest = state.newestTheirs;
  if (document.hidden || !place.isAtEnd() || newest <= Math.max(readSent, state.readUpTo)) return;
  if (socket.send({ type: "message.read", id: newest })) readSent = newest;
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
  if (status !== "live") unsent.stop(isOver ? say("not_sent", { why: words }) : "");
}

/** The reader is signed out: empty the page and show the reason. What was being written stays in the browser. */
function close(why) {
  isOver = true;
  near.disconnect();
  bubbles.clear();
  pendingList.replaceChildren();
  announce("");
  document.title = why.querySelector("h2").textContent;
  showReason(why, Array.from(page.querySelectorAll("[data-open]")), (part) => part.remove());
}

// --- What is written

function write(text) {
  unsent.add(text);
  place.scrollToEnd();
}

function drawPending() {
  place.keep(() => {
    pending.draw();
    return [];
  });
}

page.addEventListener("submit", (event) => {
  const { target } = event;
  if (!("delete" in target.dataset) || isByForm()) return;
  event.preventDefault();
  const isSent = socket.send({ type: "message.delete", id: Number(target.elements.id.value), ref: newRef() });
  const words = say(isSent ? "deleting" : "not_deleted_offline");
  target.querySelector("p").textContent = words;
  announce(words);
});

// --- Older messages

const olderLink = element("older-link");
const near = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && fetchOlder(), { rootMargin: OLDER_MARGIN });
const fetchOlder = olderPages({
  next: () => state.older && { address: `${location.pathname}older/?before=${encodeURIComponent(state.older)}` },
  take({ messages, older }) {
    const log = element("log");
    log.setAttribute("aria-live", "off"); // older messages are no news
    place.keep(() => {
      bubbles.draw(state.addPage(messages, older));
      return [];
    });
    requestAnimationFrame(() => log.removeAttribute("aria-live"));
  },
  done: watchOlder,
});

function watchOlder() {
  olderLink.hidden = !state.older;
  near.unobserve(olderLink);
  if (state.older) near.observe(olderLink); // observing again calls back if the link is still near
}

olderLink.addEventListener("click", (event) => {
  event.preventDefault();
  fetchOlder();
});

// --- The page as it begins

for (const { ref } of first.messages) unsent.arrived(ref);
pending.draw();
place.begin();
watchOlder();
setInterval(() => {
  if (today === clock.dayOf(Date.now())) return;
  today = clock.dayOf(Date.now());
  bubbles.renewDays();
}, MIDNIGHT_CHECK_MS);

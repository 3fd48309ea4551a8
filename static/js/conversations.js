/** /messages/: keeps the list of conversations up to date: fetches the page again after a change to one of them. */

import { fetchPage } from "./fetch_json.js";
import { connectionLine, showReason } from "./live/connection_line.js";
import { morph } from "./live/morph.js";
import { openSocket } from "./live/socket.js";
import { pageWords } from "./page_words.js";

const CHANGES = ["message.added", "message.changed", "message.read"];
const SOON_MS = 100;
const APART_MS = 1000;
const LATER_MS = 5000;

const page = document.querySelector("[data-conversations]");
const part = page.querySelector("[data-part]");
const position = { after: page.dataset.after, mark: page.dataset.mark };
let isStale = false;
let isFetching = false;
let fetchedAt = -Infinity;
let timer = 0;

const socket = openSocket("/ws/messages/", {
  position: () => position,
  receive,
  say: pageWords(),
  showStatus: connectionLine(page, { changed() {}, close }),
});

function receive(message) {
  const { type, messages = [], reads = [] } = message;
  const isNews = type === "hello" && (messages.length > 0 || reads.length > 0 || !message.complete);
  if (message.position !== undefined) position.after = message.position;
  if (message.mark !== undefined) position.mark = message.mark;
  sayReceived(message);
  if (!isNews && !CHANGES.includes(type)) return;
  isStale = true;
  refreshIn(Math.max(SOON_MS, fetchedAt + APART_MS - performance.now()));
}

/** Tell the server up to which message this device has all. */
function sayReceived({ message, messages = [] }) {
  const theirs = (message ? [message] : messages).filter(({ mine, deleted }) => !mine && !deleted);
  if (theirs.length) socket.send({ type: "message.delivered", id: Math.max(...theirs.map(({ id }) => id)) });
}

function refreshIn(pause) {
  clearTimeout(timer);
  timer = setTimeout(refresh, pause);
}

/** A hidden page is refreshed when it is shown. */
async function refresh() {
  if (!isStale || isFetching || document.hidden) return;
  [isStale, isFetching, fetchedAt] = [false, true, performance.now()];
  const fresh = await fetchPage(location.href);
  isFetching = false;
  const next = fresh && fresh.getElementById(part.id);
  if (next) morph(part, next);
  else isStale = true;
  if (isStale) refreshIn(next ? APART_MS : LATER_MS);
}

/** The reader is signed out: empty the page and show the reason. */
function close(why) {
  showReason(why, [part], (old) => old.remove());
}

document.addEventListener("visibilitychange", refresh);

/** /bucket/ and the pages below it: follows a sending over the page's socket, fetches what Bucket had not answered when
    the page was made, and shows that a form is under way. */

import { announcer } from "./announcer.js";
import { busyForms } from "./bucket/busy_forms.js";
import { freshParts } from "./bucket/fresh_parts.js";
import { sendingPanel } from "./bucket/panel.js";
import { connectionLine, showReason } from "./live/connection_line.js";
import { openSocket } from "./live/socket.js";
import { pageWords } from "./page_words.js";

const LIVE = ["running", "waiting"];

function follow(page) {
  const element = (name) => page.querySelector(`[data-${name}]`);
  const say = pageWords();
  const announce = announcer(element("status"));
  const panel = sendingPanel(element("panel"), say);
  const refresh = freshParts(page);
  let sending = JSON.parse(document.getElementById("bucket-data").textContent);
  let drift = 0; // how far this device's clock is behind the server's, in ms
  let isOver = false;
  let leaves = false; // a form was sent: its answer replaces this page, and has the message about what was done

  const socket = openSocket("/ws/bucket/", {
    position: () => null,
    receive,
    say,
    showStatus: connectionLine(page, { changed: announceStatus, close }),
  });

  function receive(message) {
    if (message.type === "bucket.disconnected") return leaves || location.reload();
    if (message.type === "error") return panel.error(message.message);
    if (message.server_time) drift = Date.parse(message.server_time) - Date.now();
    if (message.sending) show(message.sending);
    else if (message.type === "hello" && sending && !leaves) location.reload(); // disconnected meanwhile
  }

  function show(next) {
    if (sending && next.id < sending.id) return; // a late message about an earlier sending
    const [before, hadEnded] = [sending, isEnded(sending)];
    const isNew = !before || before.id !== next.id;
    if (!isNew && hadEnded && !isEnded(next)) return; // a late message, from before the end
    sending = next;
    panel.show(next, drift);
    if (isEnded(next) && (isNew || !hadEnded)) refresh();
    if (isNew || next.state !== before.state) announce(next.failure ? next.failure.message : next.says);
    else if (next.state === "running") announce(next.progress);
  }

  function announceStatus({ state, words }) {
    if (!isOver) announce(state === "live" ? say("live_again") : words);
  }

  function close(why) {
    isOver = true;
    showReason(why, Array.from(page.querySelectorAll("[data-open]")), (part) => part.remove());
  }

  page.addEventListener("submit", (event) => {
    const { command } = event.target.dataset;
    if (!command || !socket.send({ type: command })) return (leaves = true);
    event.preventDefault();
    panel.asked();
  });

  if (sending) panel.show(sending, drift);
  if (element("later")) refresh();
}

function isEnded(sending) {
  return sending !== null && !LIVE.includes(sending.state);
}

busyForms();
const page = document.querySelector("[data-bucket]");
if (page) follow(page);

/** Connects a page by its socket: dials, reads its frames, and dials again after every interruption that is not for good.

    openSocket("/ws/sync/", { position, receive, showStatus, say }) returns { send, redial, close }.
    `position()` returns how far the page has got, sent as `after` in the address of every dial, or an object with all
    fields of the address, such as { after, mark }; `receive(message)` gets every message in order; `showStatus` gets the
    state of the connection, in the words of `say`. */

import { newBackOff } from "./back_off.js";
import { connectionStatus } from "./connection_status.js";
import { newHeartbeat } from "./heartbeat.js";

const LASTING_MS = 10000; // a server may close right after `hello`, so only then does the back-off start afresh
const LOST = 1006;
const GOING_AWAY = 4012;
const FOR_GOOD = [4400, 4401, 4403, 4404, 4429];

export function openSocket(path, { position, receive, showStatus, say }) {
  const backOff = newBackOff();
  const status = connectionStatus({ say, show: showStatus });
  const heartbeat = newHeartbeat({ sendPing: () => send({ type: "ping" }), lost: () => lost(LOST) });
  let socket = null;
  let dialledAt = -Infinity;
  let dialledFrom; // the position sent in the current socket's address
  let isOver = false;
  let dialTimer = 0;
  let lastingTimer = 0;

  function dial() {
    clearTimeout(dialTimer);
    drop();
    if (isOver) return;
    [dialledAt, dialledFrom] = [performance.now(), position()];
    const current = (socket = new WebSocket(addressOf(path, dialledFrom)));
    current.onmessage = (event) => current === socket && readFrame(event.data);
    current.onclose = (event) => current === socket && lost(event.code);
    heartbeat.dialled();
    status.dialsAt(0);
  }

  /** Close the socket and ignore its later events: a broken one can take a minute to close. */
  function drop() {
    heartbeat.stop();
    clearTimeout(lastingTimer);
    if (!socket) return;
    const old = socket;
    socket = null;
    old.close();
  }

  function readFrame(text) {
    heartbeat.received();
    const [frame, from] = [JSON.parse(text), socket];
    for (const message of Array.isArray(frame) ? frame : [frame]) {
      if (socket !== from) return; // dropped by a handler: the next hello brings the rest
      if (message.type === "hello") greeted();
      if (message.type !== "pong") receive(message);
    }
  }

  function greeted() {
    lastingTimer = setTimeout(backOff.reset, LASTING_MS);
    status.live();
  }

  function lost(code) {
    drop();
    status.lost();
    if (FOR_GOOD.includes(code)) {
      isOver = true;
      status.over(code);
    } else dialIn(code === GOING_AWAY ? backOff.afterGoingAway() : backOff.afterFailure());
  }

  function dialIn(pause) {
    clearTimeout(dialTimer);
    dialTimer = setTimeout(dial, pause);
    status.dialsAt(performance.now() + pause);
  }

  /** Reconnect to get a new `hello`. Counts as a failure only if the page has not advanced since the last dial. */
  function redial() {
    if (isOver) return;
    drop();
    status.lost();
    dialIn(position() === dialledFrom ? backOff.afterFailure() : backOff.afterProgress());
  }

  function send(message) {
    if (!socket || socket.readyState !== WebSocket.OPEN || !status.isLive) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** The network or the user is back: dial, or ping a socket that looks open. */
  function checkNow() {
    if (isOver || document.hidden) return;
    if (!socket) dialIn(backOff.sinceDial(dialledAt));
    else if (socket.readyState === WebSocket.OPEN) heartbeat.ping();
  }

  /** The user leaves the page. Browsers do not keep a page with an open socket in their back/forward cache. */
  function leave() {
    clearTimeout(dialTimer);
    status.lost();
    drop();
  }

  function close() {
    isOver = true;
    clearTimeout(dialTimer);
    status.stop();
    drop();
  }

  addEventListener("online", checkNow);
  addEventListener("offline", checkNow);
  document.addEventListener("visibilitychange", checkNow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && dial());
  dial();

  return { send, redial, close };
}

function addressOf(path, position) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol.replace("http", "ws");
  const fields = typeof position === "object" ? position : { after: position };
  for (const [name, value] of Object.entries(fields || {})) if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

/** A page's socket, which reconnects by itself and describes its state in words.

    openSocket("/ws/sync/", { after, receive, showState }) returns { send, redial, close }.
    `after()` returns the position that the page has reached, sent in the address of every dial; `receive(message)` is
    called with every message in order; `showState({ state, words, code })` is called for every change that outlasts a
    short interruption. `code` is the close code if the connection is over for good.

    Back-off: a redial waits for a random part (full jitter) of a pause that doubles with each failure. The count of
    failures is reset once a connection has lasted ten seconds, as a server may close right after `hello`. */

const PING_EVERY = 25000;
const PONG_WITHIN = 5000;
const HELLO_WITHIN = 20000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const GOING_AWAY_WITHIN = 10000;
const SILENT_FOR = 2500;
const RESET_AFTER = 10000;
const GOING_AWAY = 4012;
const FINAL = {
  4400: "Something went wrong: reload the page",
  4401: "Signed out",
  4403: "No longer allowed",
  4404: "Club not found",
  4429: "Too many messages: reload the page",
};

export function openSocket(path, { after, receive, showState }) {
  let socket = null;
  let failures = 0;
  let dialAt = 0;
  let dialledAt = -Infinity;
  let dialledFrom; // the position sent in the current socket's address
  let over = false;
  let lostAt = performance.now();
  let shownWords = "";
  const timers = { dial: 0, ping: 0, answer: 0, reset: 0, words: 0 };

  function dial() {
    clearTimeout(timers.dial);
    drop();
    if (over) return;
    [dialAt, dialledAt, dialledFrom] = [0, performance.now(), after()];
    const address = new URL(path, location.href);
    address.protocol = location.protocol.replace("http", "ws");
    if (dialledFrom !== undefined && dialledFrom !== null) address.searchParams.set("after", dialledFrom);
    const current = (socket = new WebSocket(address));
    current.onmessage = (event) => current === socket && readFrame(event.data);
    current.onclose = (event) => current === socket && lost(event.code);
    timers.answer = setTimeout(() => lost(1006), HELLO_WITHIN); // browsers wait for minutes
    reportState();
  }

  /** Close the socket and ignore its later events: a broken one can take a minute to close. */
  function drop() {
    clearTimeout(timers.ping);
    clearTimeout(timers.answer);
    clearTimeout(timers.reset);
    if (!socket) return;
    const old = socket;
    socket = null;
    old.close();
  }

  function readFrame(text) {
    clearTimeout(timers.answer);
    clearTimeout(timers.ping);
    timers.ping = setTimeout(ping, PING_EVERY);
    const [frame, from] = [JSON.parse(text), socket];
    for (const message of Array.isArray(frame) ? frame : [frame]) {
      if (socket !== from) return; // dropped by a handler: the next hello brings the rest
      if (message.type === "hello") greeted();
      if (message.type !== "pong") receive(message);
    }
  }

  function greeted() {
    timers.reset = setTimeout(() => (failures = 0), RESET_AFTER);
    lostAt = 0;
    reportState();
  }

  function ping() {
    if (!send({ type: "ping" })) return;
    clearTimeout(timers.answer);
    timers.answer = setTimeout(() => lost(1006), PONG_WITHIN);
  }

  function lost(code) {
    drop();
    lostAt = lostAt || performance.now();
    if (code in FINAL) {
      over = true;
      report("over", FINAL[code], code);
      return;
    }
    failures += 1;
    // Also sent after a password change, when the new session's cookie has to arrive before the redial.
    if (code === GOING_AWAY) dialIn(FIRST_PAUSE + Math.random() * (GOING_AWAY_WITHIN - FIRST_PAUSE));
    else dialIn(Math.random() * longestPause());
  }

  function longestPause() {
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  }

  function dialIn(pause) {
    clearTimeout(timers.dial);
    dialAt = performance.now() + pause;
    timers.dial = setTimeout(dial, pause);
    reportState();
  }

  /** Reconnect to get a new `hello`. Counts as a failure only if the page's position has not advanced. */
  function redial() {
    if (over) return;
    drop();
    lostAt = lostAt || performance.now();
    if (after() === dialledFrom) failures += 1;
    dialIn(Math.random() * (after() === dialledFrom ? longestPause() : FIRST_PAUSE));
  }

  /** Report the state. Stay silent for a short interruption, then count down to the next dial. */
  function reportState() {
    clearTimeout(timers.words);
    if (over) return;
    if (!lostAt) {
      report("live", "Live");
      return;
    }
    const silentFor = SILENT_FOR - (performance.now() - lostAt);
    timers.words = setTimeout(reportState, Math.max(silentFor, 0) || 1000);
    if (silentFor > 0) return;
    const seconds = Math.ceil((dialAt - performance.now()) / 1000);
    if (!navigator.onLine) report("offline", "Offline");
    else report("dialling", seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting");
  }

  function report(state, words, code = 0) {
    if (words === shownWords) return;
    shownWords = words;
    showState({ state, words, code });
  }

  function send(message) {
    if (!socket || socket.readyState !== WebSocket.OPEN || lostAt) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** When the network or the user is back: dial, at most once a second, or ping a socket that looks open. */
  function look() {
    if (over || document.hidden) return;
    if (!socket) dialIn(Math.max(0, dialledAt + FIRST_PAUSE - performance.now()));
    else if (socket.readyState === WebSocket.OPEN) ping();
  }

  addEventListener("online", look);
  addEventListener("offline", look);
  document.addEventListener("visibilitychange", look);
  // Browsers do not keep a page with an open socket in their back/forward cache.
  addEventListener("pagehide", () => {
    clearTimeout(timers.dial);
    lostAt = lostAt || performance.now();
    drop();
  });
  addEventListener("pageshow", (event) => event.persisted && dial());
  dial();

  return {
    send,
    redial,
    close() {
      over = true;
      clearTimeout(timers.dial);
      clearTimeout(timers.words);
      drop();
    },
  };
}

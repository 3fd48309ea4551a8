/** The one way from a page to the server and back: a socket that redials by itself and says in words how it stands.

    openSocket("/ws/sync/", { after, hear, stand }) gives { send, redial, close }.
    `after()` is the position the page has reached, put into the address at every dial; `hear(message)` gets every
    message in order; `stand({ state, words, code })` is called for every change that lasts longer than a blip: `code`
    says why it is over.

    Every redial waits for a random part of a pause (full jitter) that doubles with each failure. Failures are forgotten
    once a connection has stood for ten seconds: a server that closes right after `hello` is not back yet. */

const PING_EVERY = 25000;
const PONG_WITHIN = 5000;
const HELLO_WITHIN = 20000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const GOING_AWAY_WITHIN = 10000;
const BLIP = 2500;
const GOOD_AFTER = 10000;
const GOING_AWAY = 4012;
const FINAL = {
  4400: "Something went wrong: reload the page",
  4401: "Signed out",
  4403: "No longer allowed",
  4404: "Club not found",
  4429: "Too many messages: reload the page",
};

export function openSocket(path, { after, hear, stand }) {
  let socket = null;
  let failures = 0;
  let dialAt = 0;
  let dialledAt = -Infinity;
  let dialledFrom; // the position that the socket was dialled with
  let over = false;
  let lostAt = performance.now();
  let told = "";
  const timers = { dial: 0, ping: 0, answer: 0, good: 0, words: 0 };

  function dial() {
    clearTimeout(timers.dial);
    drop();
    if (over) return;
    [dialAt, dialledAt, dialledFrom] = [0, performance.now(), after()];
    const address = new URL(path, location.href);
    address.protocol = location.protocol.replace("http", "ws");
    if (dialledFrom !== undefined && dialledFrom !== null) address.searchParams.set("after", dialledFrom);
    const mine = (socket = new WebSocket(address));
    mine.onmessage = (event) => mine === socket && receive(event.data);
    mine.onclose = (event) => mine === socket && lost(event.code);
    timers.answer = setTimeout(() => lost(1006), HELLO_WITHIN); // a browser itself may wait for minutes
    say();
  }

  /** Close the socket and ignore what it still sends: a broken one can take a minute to close. */
  function drop() {
    clearTimeout(timers.ping);
    clearTimeout(timers.answer);
    clearTimeout(timers.good);
    if (!socket) return;
    const old = socket;
    socket = null;
    old.close();
  }

  function receive(text) {
    clearTimeout(timers.answer);
    clearTimeout(timers.ping);
    timers.ping = setTimeout(ping, PING_EVERY);
    const [frame, from] = [JSON.parse(text), socket];
    for (const message of Array.isArray(frame) ? frame : [frame]) {
      if (socket !== from) return; // dropped meanwhile: the next hello brings the rest
      if (message.type === "hello") greeted();
      if (message.type !== "pong") hear(message);
    }
  }

  function greeted() {
    timers.good = setTimeout(() => (failures = 0), GOOD_AFTER);
    lostAt = 0;
    say();
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
      tell("over", FINAL[code], code);
      return;
    }
    failures += 1;
    // A changed password closes sockets with this code too: the new session's cookie has to arrive first.
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
    say();
  }

  /** The page wants a new `hello`. A connection that has brought the page forward was no failure. */
  function redial() {
    if (over) return;
    drop();
    lostAt = lostAt || performance.now();
    if (after() === dialledFrom) failures += 1;
    dialIn(Math.random() * (after() === dialledFrom ? longestPause() : FIRST_PAUSE));
  }

  /** A blip stays silent; after that the words count down. */
  function say() {
    clearTimeout(timers.words);
    if (over) return;
    if (!lostAt) {
      tell("live", "Live");
      return;
    }
    const blip = BLIP - (performance.now() - lostAt);
    timers.words = setTimeout(say, Math.max(blip, 0) || 1000);
    if (blip > 0) return;
    const seconds = Math.ceil((dialAt - performance.now()) / 1000);
    if (!navigator.onLine) tell("offline", "Offline");
    else tell("dialling", seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting");
  }

  function tell(state, words, code = 0) {
    if (words === told) return;
    told = words;
    stand({ state, words, code });
  }

  function send(message) {
    if (!socket || socket.readyState !== WebSocket.OPEN || lostAt) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** Dial at once when the network or the person is back, but not twice a second; test a socket that looks open. */
  function look() {
    if (over || document.hidden) return;
    if (!socket) dialIn(Math.max(0, dialledAt + FIRST_PAUSE - performance.now()));
    else if (socket.readyState === WebSocket.OPEN) ping();
  }

  addEventListener("online", look);
  addEventListener("offline", look);
  document.addEventListener("visibilitychange", look);
  // A page with an open socket is not kept for the way back.
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

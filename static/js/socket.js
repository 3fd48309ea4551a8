/** The one way from a page to the server and back: a socket that redials by itself and says in words how it stands.

    openSocket("/ws/sync/", { after, hear, stand }) gives { send, redial, close }.
    `after()` is the position the page has reached, put into the address at every dial; `hear(message)` gets every
    message in order; `stand({ state, words, code })` is told of every change that lasts longer than a blip: `code` says
    why it is over. */

const PING_EVERY = 25000;
const PONG_WITHIN = 5000;
const HELLO_WITHIN = 20000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const GOING_AWAY_WITHIN = 10000;
const BLIP = 2500;
const GOING_AWAY = 4012;
const FINAL = {
  4400: "Not understood: reload the page",
  4401: "Signed out",
  4403: "No longer allowed",
  4404: "Not there any more",
  4429: "Too much at once: reload the page",
};

export function openSocket(path, { after, hear, stand }) {
  let socket = null;
  let failures = 0;
  let dialAt = 0;
  let over = false;
  let lostAt = performance.now();
  let told = "";
  const timers = { dial: 0, ping: 0, answer: 0, words: 0 };

  function dial() {
    clearTimeout(timers.dial);
    drop();
    if (over) return;
    dialAt = 0;
    const address = new URL(path, location.href);
    address.protocol = location.protocol.replace("http", "ws");
    const position = after();
    if (position !== undefined && position !== null) address.searchParams.set("after", position);
    const mine = (socket = new WebSocket(address));
    mine.onmessage = (event) => mine === socket && receive(event.data);
    mine.onclose = (event) => mine === socket && lost(event.code);
    timers.answer = setTimeout(() => lost(1006), HELLO_WITHIN); // a browser itself may wait for minutes
    say();
  }

  /** Whatever the old socket may still say is nobody's business: a broken one can take a minute to close. */
  function drop() {
    clearTimeout(timers.ping);
    clearTimeout(timers.answer);
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
      if (socket !== from) return; // dialled again meanwhile: what follows is told anew
      if (message.type === "hello") {
        failures = 0;
        lostAt = 0;
        say();
      }
      if (message.type !== "pong") hear(message);
    }
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
    const longest = code === GOING_AWAY ? GOING_AWAY_WITHIN : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
    // Who is sent to dial again may have to wait for the cookie that goes with it.
    const shortest = code === GOING_AWAY ? FIRST_PAUSE : 0;
    const pause = shortest + Math.random() * (longest - shortest);
    dialAt = performance.now() + pause;
    timers.dial = setTimeout(dial, pause);
    say();
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
    if (!navigator.onLine) tell("offline", "Offline");
    else if (!dialAt) tell("dialling", "Reconnecting");
    else tell("dialling", `Reconnecting in ${Math.ceil(Math.max(0, dialAt - performance.now()) / 1000)} s`);
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

  /** At once when the network or the person is back; a socket that looks alive has to prove it. */
  function look() {
    if (over || document.hidden) return;
    if (!socket) dial();
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
    redial: dial,
    close() {
      over = true;
      clearTimeout(timers.dial);
      clearTimeout(timers.words);
      drop();
    },
  };
}

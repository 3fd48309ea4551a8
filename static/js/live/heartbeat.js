/** Notices a connection that has gone silent: pings it, and reports it lost if no answer arrives in time. */

const PING_EVERY_MS = 25000;
const PONG_WITHIN_MS = 5000;
const HELLO_WITHIN_MS = 20000; // browsers wait for minutes

export function newHeartbeat({ sendPing, lost }) {
  let pingTimer = 0;
  let answerTimer = 0;

  function stop() {
    clearTimeout(pingTimer);
    clearTimeout(answerTimer);
  }

  function expectAnswer(ms) {
    clearTimeout(answerTimer);
    answerTimer = setTimeout(lost, ms);
  }

  /** Ping now; the answer has to arrive soon. */
  function ping() {
    if (sendPing()) expectAnswer(PONG_WITHIN_MS);
  }

  return {
    ping,
    stop,

    /** A socket has been opened; its `hello` has to arrive soon. */
    dialled: () => expectAnswer(HELLO_WITHIN_MS),

    /** A frame has arrived: ping after a while without another one. */
    received() {
      stop();
      pingTimer = setTimeout(ping, PING_EVERY_MS);
    },
  };
}

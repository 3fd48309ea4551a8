/** Describes a socket's connection in words: live, reconnecting with a countdown, offline, or over for good.

    show({ state, words, code }) is called for every change that outlasts a short interruption. `state` is `live`,
    `dialling`, `offline` or `over`; `code` is the close code of a connection that is over. `say` gives the words. */

const SILENT_FOR_MS = 2500;
const SECOND_MS = 1000;

export function connectionStatus({ say, show }) {
  let lostAt = performance.now();
  let dialAt = 0;
  let shownWords = "";
  let timer = 0;

  function report(state, words, code = 0) {
    if (words === shownWords) return;
    shownWords = words;
    show({ state, words, code });
  }

  /** Stay silent for a short interruption, then count down to the next dial. */
  function update() {
    clearTimeout(timer);
    if (!lostAt) return report("live", say("live"));
    const silentFor = SILENT_FOR_MS - (performance.now() - lostAt);
    timer = setTimeout(update, Math.max(silentFor, 0) || SECOND_MS);
    if (silentFor > 0) return;
    const seconds = Math.ceil((dialAt - performance.now()) / SECOND_MS);
    if (!navigator.onLine) report("offline", say("offline"));
    else report("dialling", seconds > 0 ? say("dialling_in", { seconds }) : say("dialling"));
  }

  return {
    get isLive() {
      return !lostAt;
    },
    live() {
      lostAt = 0;
      update();
    },
    lost() {
      lostAt = lostAt || performance.now();
    },
    /** `at`: when the next dial begins; 0 once it has begun. */
    dialsAt(at) {
      dialAt = at;
      update();
    },
    /** The server has closed the connection for good. */
    over(code) {
      clearTimeout(timer);
      report("over", say(`over_${code}`), code);
    },
    stop: () => clearTimeout(timer),
  };
}

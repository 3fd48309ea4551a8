/** Counts down to the next try of a run that waits: "Trying again in 3:12, at 15:45", once a second. */

import { stopwatch, timeOfDay } from "../formats.js";
import { stateOf } from "./run_states.js";

export function runCountdown({ write, say }) {
  let timer = 0;

  function count(what, until, drift) {
    const seconds = Math.ceil((until - Date.now() - drift) / 1000);
    if (seconds <= 0) return write(say(`${what}_now`));
    write(say(`${what}_in`, { left: stopwatch(seconds), time: timeOfDay(until - drift) }));
    timer = setTimeout(count, 1000, what, until, drift);
  }

  /** Count down to the end of the run's wait. `drift`: how far this device's clock is behind the server's. */
  return (run, drift) => {
    clearTimeout(timer);
    const what = stateOf(run) === "rate_limit" ? "carrying_on" : "trying_again";
    if (run.waiting?.until) count(what, Date.parse(run.waiting.until), drift);
    else write(say(`${what}_soon`));
  };
}

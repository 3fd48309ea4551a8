/** The sentences that the status line announces to screen readers. */

import { counted, wall } from "../words.js";
import { stateOf } from "./panel.js";

export const CONNECTION = { dialling: "Reconnecting.", offline: "You are offline.", live: "Connected again." };

export function spokenState(run) {
  const read = counted(run.found, "activity", "activities");
  return {
    running: "Importing your runs.",
    rate_limit: "Strava's limit reached. Your import carries on by itself.",
    strava_down: "Strava isn't answering. We keep trying.",
    busy: "Your import starts as soon as there's room.",
    finished: `All done: ${read}, ${counted(run.saved, "new parkrun")}.`,
    cancelled: `Stopped at ${read}. Everything imported so far stays.`,
    failed: "The import stopped.",
  }[stateOf(run)];
}

export function spokenProgress({ found, saved, oldest }) {
  const back = oldest ? `, back to ${wall(oldest, "month")}` : "";
  return `${counted(found, "activity", "activities")}, ${counted(saved, "parkrun")}${back}.`;
}

/** Prepares what a card or a reply shows of its entry and of its guests, the entries folded into the card: the words that
    came with them, and their times and numbers in the viewer's form. */

import { dayWords } from "../days.js";
import { number, stopwatch } from "../formats.js";

const NUMBERED = ["milestone", "history"];

/** `clock`: the clock of the viewer's zone, in which days begin; `say` gives the words of the page. */
export function cardValues({ clock, say }) {
  return ({ kind, at, athlete, data, text, title, says, marks, edited_at: editedAt }, guests) => {
    const instant = Date.parse(at);
    return {
      name: athlete ? athlete.name : say("a_member"),
      initial: athlete ? Array.from(athlete.name)[0] : "",
      athleteId: athlete ? athlete.id : null,
      clock: clock.timeOf(instant),
      moment: clock.momentOf(instant),
      title: title || data.event_name || "",
      says: says || "",
      marks: marks || [],
      day: data.date && data.date !== clock.dayOf(instant) ? dayWords(data.date, clock.dayOf(Date.now()), say) : "",
      device: data.device || "",
      time: data.time_s ? stopwatch(data.time_s) : "",
      text: kind === "post" ? text : "",
      mentions: data.mentions || [],
      edited: editedAt ? say("edited") : "",
      url: data.url || "",
      ...folded(kind, data, guests),
    };
  };
}

/** The name of an event in a list where every run is a parkrun: Bushy, Bushy juniors. */
export function placeName(eventName) {
  return eventName.replace(" junior parkrun", " juniors").replace(" parkrun", "");
}

function folded(kind, data, guests) {
  const milestone = guests.find((one) => one.kind === "milestone");
  const numberOf = milestone ? milestone.data : NUMBERED.includes(kind) && data;
  return {
    milestoneId: milestone ? milestone.id : null,
    bib: numberOf ? number(numberOf.count) : "",
    earlier: guests.filter((one) => one.kind === "history").map(({ id, folded: words }) => ({ id, words })),
  };
}

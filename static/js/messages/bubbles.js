/** Draws the messages of a conversation: one bubble each, under the name of its day, grouped by sender and time.

    strava_live/web/message_words.py groups the messages of the page as it loads by the same rules. */

import { linked } from "../feed/links.js";

const TOGETHER_MS = 5 * 60_000;

/** `clock` and `dayWords(day)` name times in the reader's zone; `name` is the other person's; `say` gives the words. */
export function bubbleList(list, { state, template, clock, dayWords, name, say }) {
  const elements = new Map(Array.from(list.children, (element) => [Number(element.dataset.id), element]));
  let withState = null; // the bubble that shows how far the message has come

  const slot = (bubble, of) => bubble.querySelector(`[data-slot=${of}]`);

  function draw(id) {
    const message = state.get(id);
    let bubble = elements.get(id);
    if (!bubble) {
      bubble = template.content.firstElementChild.cloneNode(true);
      elements.set(id, bubble);
      head(bubble, message);
      list.insertBefore(bubble, following(message));
    }
    fill(bubble, message);
    place(message);
    const next = state.following(message);
    if (next && elements.has(next.id)) place(next);
  }

  /** The bubble of the next newer message in the page. */
  function following(message) {
    let next = state.following(message);
    while (next && !elements.has(next.id)) next = state.following(next);
    return next ? elements.get(next.id) : null;
  }

  function head(bubble, { id, at, mine }) {
    bubble.id = `message-${id}`;
    bubble.dataset.id = id;
    slot(bubble, "who").textContent = `${mine ? say("you") : name}: `;
    const instant = Date.parse(at);
    Object.assign(slot(bubble, "at"), { dateTime: at, title: clock.momentOf(instant), textContent: clock.timeOf(instant) });
    bubble.querySelector("[name=id]").value = id;
  }

  function fill(bubble, { mine, text, deleted }) {
    slot(bubble, "text").replaceChildren(deleted ? say("deleted") : linked(text));
    slot(bubble, "delete").hidden = !mine || deleted;
    slot(bubble, "delete").open = false;
  }

  /** Join the bubble to the one before it, or begin a new group or day. */
  function place(message) {
    const [bubble, before] = [elements.get(message.id), state.before(message)];
    const day = clock.dayOf(Date.parse(message.at));
    const isNewDay = !before || clock.dayOf(Date.parse(before.at)) !== day;
    const isLater = before && Date.parse(message.at) - Date.parse(before.at) > TOGETHER_MS;
    const isJoined = !isNewDay && !isLater && before.mine === message.mine && !bubble.querySelector("[data-unread]");
    const kinds = { mine: message.mine, theirs: !message.mine, joined: isJoined, deleted: message.deleted };
    for (const [kind, isSo] of Object.entries(kinds)) bubble.classList.toggle(`bubble-${kind}`, isSo);
    const heading = slot(bubble, "day");
    heading.hidden = !isNewDay;
    heading.textContent = isNewDay ? dayWords(day) : "";
  }

  /** Show under my last message how far it has come. */
  function showState() {
    const last = state.lastMine;
    const bubble = last && elements.get(last.id);
    if (withState && withState !== bubble) slot(withState, "state").textContent = "";
    withState = bubble;
    if (!bubble) return;
    const words = last.deleted ? "" : say(state.stateOf(last));
    if (slot(bubble, "state").textContent !== words) slot(bubble, "state").textContent = words;
  }

  const last = state.lastMine;
  withState = last && elements.get(last.id);

  return {
    draw(ids) {
      ids.forEach(draw);
      list.hidden = elements.size === 0;
      showState();
    },
    showState,
    elementOf: (id) => elements.get(id),

    /** Draw the names of the days again after midnight. */
    renewDays() {
      for (const message of state.all) place(message);
    },

    clear() {
      elements.clear();
      list.replaceChildren();
    },
  };
}

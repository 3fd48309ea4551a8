/** Makes the cards of the feed: the page's template, filled with an entry of the protocol, its guests, the entries folded
    into its card, and the replies to them. */

import { fillCheers, fillHead, fillText, slot, write } from "./card_parts.js";

/** `path`: the address of the club's entries; `thread`: draws the replies below a card. */
export function cardMaker(template, { path, valuesOf, thread, say }) {
  function body(card, shown) {
    const bib = write(card, "bib", shown.bib);
    bib.hidden = !shown.bib;
    if (shown.milestoneId) bib.id = `entry-${shown.milestoneId}`;
    else bib.removeAttribute("id");
    write(card, "title", shown.title).parentElement.hidden = !shown.title && !shown.says;
    write(card, "says", shown.says);
    write(card, "day", shown.day);
    write(card, "device", shown.device).hidden = !shown.device;
    write(card, "time", shown.time).hidden = !shown.time;
    fillText(card, shown);
    const marks = slot(card, "marks");
    const lines = [...shown.marks.map(badge), ...shown.earlier.map(anchored)];
    marks.hidden = !lines.length;
    marks.replaceChildren(...lines);
  }

  function foot(card, entry, guests, shown) {
    fillCheers(card, entry, guests, { path, say });
    const reply = slot(card, "reply");
    [reply.hidden, reply.href] = [Boolean(entry.hidden), `${path}${entry.id}/#reply`];
    const strava = slot(card, "url");
    strava.hidden = !shown.url;
    if (shown.url) strava.href = shown.url;
    else strava.removeAttribute("href");
  }

  return {
    make: () => template.content.firstElementChild.cloneNode(true),
    hasReply: (card, id) => thread.has(card, id),

    /** `replies`: those to show, oldest first. */
    fill(card, entry, guests, replies) {
      const shown = valuesOf(entry, guests);
      card.className = `entry entry-${entry.kind}${shown.milestoneId ? " entry-milestone" : ""}`;
      fillHead(card, entry, shown);
      body(card, shown);
      foot(card, entry, guests, shown);
      thread.fill(card, replies);
    },
  };
}

function badge({ words, celebrate }) {
  const mark = document.createElement("li");
  mark.className = celebrate ? "badge badge-sun" : "badge";
  mark.textContent = words;
  return mark;
}

function anchored({ id, words }) {
  const line = document.createElement("li");
  line.className = "entry-earlier";
  line.id = `entry-${id}`;
  line.textContent = words;
  return line;
}

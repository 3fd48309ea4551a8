/** Makes the cards of the feed: the page's template, filled with an entry of the protocol and its guests, the entries
    folded into its card. */

import { linked } from "./links.js";

/** `path`: the address of the club's entries; `may(entry)`: whether the reader may delete the entry. */
export function cardMaker(template, { path, valuesOf, may, say }) {
  const slot = (card, name) => card.querySelector(`[data-slot=${name}]`);

  function write(card, name, words) {
    const element = slot(card, name);
    if (element.textContent !== words) element.textContent = words;
    return element;
  }

  function head(card, entry, shown) {
    card.className = `entry entry-${entry.kind}${shown.milestoneId ? " entry-milestone" : ""}`;
    card.id = `entry-${entry.id}`;
    Object.assign(card.dataset, { id: entry.id, at: entry.at });
    const name = write(card, "name", shown.name);
    if (shown.athleteId) name.href = `/athletes/${shown.athleteId}/`;
    else name.removeAttribute("href");
    write(card, "initial", shown.initial);
    write(card, "whom", shown.name);
    const link = slot(card, "link");
    link.href = `#entry-${entry.id}`;
    Object.assign(link.firstElementChild, { dateTime: entry.at, title: shown.moment, textContent: shown.clock });
  }

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
    const text = slot(card, "text");
    text.hidden = !shown.text;
    if (text.textContent !== shown.text) text.replaceChildren(linked(shown.text));
    const marks = slot(card, "marks");
    const lines = [...shown.marks.map(badge), ...shown.earlier.map(anchored)];
    marks.hidden = !lines.length;
    marks.replaceChildren(...lines);
  }

  function foot(card, entry, guests, shown) {
    const address = `${path}${entry.id}/`;
    const cheers = guests.reduce((sum, one) => sum + one.cheers, entry.cheers);
    const who = write(card, "cheers", cheers ? say("cheers", { count: cheers }) : "");
    const also = new URLSearchParams(guests.map((one) => ["also", one.id]));
    [who.hidden, who.href] = [!cheers, `${address}cheers/${guests.length ? `?${also}` : ""}`];
    if (!cheers) Object.assign(slot(card, "names"), { hidden: true, textContent: "" });
    const strava = slot(card, "url");
    strava.hidden = !shown.url;
    if (shown.url) strava.href = shown.url;
    else strava.removeAttribute("href");
    slot(card, "delete").hidden = entry.kind !== "post" || !may(entry);
    card.querySelector("[data-remove]").action = `${address}remove/`;
    const cheered = [entry, ...guests].find((one) => one.cheered);
    const form = card.querySelector("[data-cheer]");
    form.action = cheered ? `${path}${cheered.id}/uncheer/` : `${address}cheer/`;
    form.querySelector("button").setAttribute("aria-pressed", Boolean(cheered));
  }

  return {
    make: () => template.content.firstElementChild.cloneNode(true),
    fill(card, entry, guests) {
      const shown = valuesOf(entry, guests);
      head(card, entry, shown);
      body(card, shown);
      foot(card, entry, guests, shown);
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

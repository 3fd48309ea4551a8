/** One entry as it stands in the page: the page's template, filled with an entry of the protocol. */

import { linked } from "./links.js";

/** `path`: where this club's entries hang; `may` says of an entry whether it may be deleted. */
export function cardMaker(template, { path, show, may }) {
  const slot = (card, name) => card.querySelector(`[data-slot=${name}]`);

  function write(card, name, words) {
    const element = slot(card, name);
    if (element.textContent !== words) element.textContent = words;
    return element;
  }

  function head(card, entry, shown) {
    card.className = `entry entry-${entry.kind}`;
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
    write(card, "bib", shown.bib).hidden = !shown.bib;
    write(card, "title", shown.title).parentElement.hidden = !shown.title && !shown.says;
    write(card, "says", shown.says);
    write(card, "day", shown.day);
    write(card, "device", shown.device).hidden = !shown.device;
    write(card, "time", shown.time).hidden = !shown.time;
    const text = slot(card, "text");
    text.hidden = !shown.text;
    if (text.textContent !== shown.text) text.replaceChildren(linked(shown.text));
    const marks = slot(card, "marks");
    marks.hidden = !shown.marks.length;
    marks.replaceChildren(...shown.marks.map(badge));
  }

  function foot(card, entry, shown) {
    const address = `${path}${entry.id}/`;
    const who = write(card, "cheers", shown.cheers);
    [who.hidden, who.href] = [!shown.cheers, `${address}cheers/`];
    if (!shown.cheers) Object.assign(slot(card, "names"), { hidden: true, textContent: "" });
    const strava = slot(card, "url");
    strava.hidden = !shown.url;
    if (shown.url) strava.href = shown.url;
    else strava.removeAttribute("href");
    slot(card, "ask").hidden = entry.kind !== "post" || !may(entry);
    card.querySelector("[data-remove]").action = `${address}remove/`;
    pressed(card, entry);
  }

  function pressed(card, entry) {
    const form = card.querySelector("[data-cheer]");
    form.action = `${path}${entry.id}/${entry.cheered ? "uncheer" : "cheer"}/`;
    form.querySelector("button").setAttribute("aria-pressed", entry.cheered);
  }

  return {
    make: () => template.content.firstElementChild.cloneNode(true),
    pressed,
    fill(card, entry) {
      const shown = show(entry);
      head(card, entry, shown);
      body(card, shown);
      foot(card, entry, shown);
    },
  };
}

function badge({ words, sun }) {
  const mark = document.createElement("li");
  mark.className = sun ? "badge badge-sun" : "badge";
  mark.textContent = words;
  return mark;
}

/** Fills the parts that cards and replies have in common: who, when, the text, and the cheers. */

import { linked } from "./links.js";

/** The element of a card or a reply that shows one of its values. The card's own stand before those of its replies. */
export function slot(card, name) {
  return card.querySelector(`[data-slot=${name}]`);
}

export function write(card, name, words) {
  const element = slot(card, name);
  if (element.textContent !== words) element.textContent = words;
  return element;
}

export function fillHead(card, entry, shown) {
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
  write(card, "edited", shown.edited).hidden = !shown.edited;
}

export function fillText(card, shown) {
  const text = slot(card, "text");
  text.hidden = !shown.text;
  const linkedTo = JSON.stringify([shown.text, shown.mentions]);
  if (text.dataset.shown === linkedTo) return;
  text.dataset.shown = linkedTo;
  text.replaceChildren(linked(shown.text, shown.mentions));
}

/** `path`: the address of the club's entries; `guests`: the entries that are folded into the card. */
export function fillCheers(card, entry, guests, { path, say }) {
  const address = `${path}${entry.id}/`;
  const cheers = guests.reduce((sum, one) => sum + one.cheers, entry.cheers);
  const who = write(card, "cheers", cheers ? say("cheers", { count: cheers }) : "");
  const also = new URLSearchParams(guests.map((one) => ["also", one.id]));
  [who.hidden, who.href] = [!cheers, `${address}cheers/${guests.length ? `?${also}` : ""}`];
  if (!cheers) Object.assign(slot(card, "names"), { hidden: true, textContent: "" });
  const cheered = [entry, ...guests].find((one) => one.cheered);
  const form = card.querySelector("[data-cheer]");
  form.action = cheered ? `${path}${cheered.id}/uncheer/` : `${address}cheer/`;
  form.hidden = Boolean(entry.hidden) && !cheered; // a hidden post takes no new cheer
  form.querySelector("button").setAttribute("aria-pressed", Boolean(cheered));
  const more = slot(card, "more");
  [more.hidden, more.href] = [entry.kind !== "post", address];
}

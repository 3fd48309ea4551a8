/** Draws the cards of the feed. Changes are collected and drawn once a frame; a new card or reply that would move what is
    being read waits until the reader asks for it.

    draw(ids) draws the cards that show the changed entries `ids`. `folds` knows which entries share a card or a flood's
    row. `holds()` returns a function that decides whether a new entry has to wait; it gets the entry and the card or row
    that would show it, if that is in the page. `waits(ids)` gets those that are waiting. */

const MOST_A_FRAME = 20;
const KEEPS_ITS_PLACE = CSS.supports("overflow-anchor", "auto");

export function feedList(list, { entries, folds, card, flood, days, holds, waits }) {
  const byId = (element) => [Number(element.dataset.id), element];
  const elements = new Map(Array.from(list.querySelectorAll(".entry"), byId));
  const rows = new Map(Array.from(list.querySelectorAll(".flood"), (row) => [Number(row.dataset.fold), row]));
  const shrunk = new Set(); // rows that have lost a card
  const waiting = new Set();
  const touched = new Set();
  let isDrawDue = false;
  let over = false;

  function drawSoon() {
    if (isDrawDue || over) return;
    isDrawDue = true;
    requestAnimationFrame(() => {
      isDrawDue = false;
      if (!over) drawNow();
    });
  }

  function drawNow() {
    const now = Array.from(touched).slice(0, MOST_A_FRAME);
    const isHeld = holds(); // measures the page, so only once a frame
    keepingPlace(() => {
      removeStale();
      moveRows();
      now.forEach((id) => drawOne(id, isHeld));
    });
    for (const id of now) touched.delete(id);
    list.hidden = elements.size === 0;
    waits(Array.from(waiting));
    if (touched.size) drawSoon();
  }

  /** Remove the cards of entries that are gone, folded, or replaced by a different entry (after a restored backup).
      Must run before cards are inserted, since each is inserted before the next older one. */
  function removeStale() {
    for (const id of touched) {
      const [entry, element, host] = [entries.get(id), elements.get(id), folds.hostOf(id)];
      if (element && (!entry || host || element.dataset.at !== entry.at)) remove(element, id, elements.get(host));
    }
  }

  function drawOne(id, isHeld) {
    const [entry, element] = [entries.get(id), elements.get(id)];
    if (entry?.reply_to) return; // its entry is touched, too
    if (!entry || folds.hostOf(id)) {
      waiting.delete(id);
    } else if (element) {
      card.fill(element, entry, folds.guestsOf(id), repliesIn(element, id, isHeld));
    } else if (isHeld(entry, rows.get(entry.fold))) {
      waiting.add(id);
    } else {
      insert(entry);
    }
  }

  /** The replies to show in a card: without those that have to wait. */
  function repliesIn(element, id, isHeld) {
    const replies = folds.repliesOf(id);
    for (const reply of replies) {
      if (!card.hasReply(element, reply.id) && isHeld(reply, element)) waiting.add(reply.id);
      else waiting.delete(reply.id);
    }
    return replies.filter((reply) => !waiting.has(reply.id));
  }

  function insert(entry) {
    waiting.delete(entry.id);
    const element = card.make();
    card.fill(element, entry, folds.guestsOf(entry.id), folds.repliesOf(entry.id));
    elements.set(entry.id, element);
    place(element, entry, boxFor(entry));
    if (entry.fold) settle(entry.fold);
  }

  /** The list that the entry's card is in: that of its flood, or the feed. */
  function boxFor(entry) {
    if (!entry.fold) return list;
    if (!rows.has(entry.fold)) rows.set(entry.fold, flood.make(entry.fold));
    return flood.cardsIn(rows.get(entry.fold));
  }

  /** Put an element where the entry is in the feed, unless it stands there. */
  function place(element, entry, box) {
    const [before, next] = [element.nextElementSibling, following(entry, box)];
    if (element.parentElement === box && before === next) return;
    box.insertBefore(element, next);
    [element, next, before].forEach(head);
  }

  /** The element of the next older entry in this list. */
  function following(entry, box) {
    const { all } = entries;
    if (box !== list && folds.isOldest(entry)) return null;
    for (let index = entries.indexOf(entry) + 1; index < all.length; index += 1) {
      const element = elementIn(box, all[index]);
      if (element?.parentElement === box) return element;
    }
    return null;
  }

  /** In the feed, a flood's row stands where the oldest of its entries is. */
  function elementIn(box, entry) {
    if (box !== list || !entry.fold) return elements.get(entry.id);
    return folds.isOldest(entry) ? rows.get(entry.fold) : undefined;
  }

  /** Put a flood's row in its place and write its words; remove an empty row. */
  function settle(fold) {
    const [row, oldest] = [rows.get(fold), folds.oldestOf(fold)];
    if (!flood.cardsIn(row).children.length) {
      detach(row);
      rows.delete(fold);
    } else if (oldest) {
      row.dataset.oldest = nameOf(oldest);
      flood.fill(row, oldest);
      place(row, oldest, list);
    }
  }

  /** Move the rows whose oldest entry is another one now, and count those that have lost a card. Must run after
      `removeStale`, and before cards are inserted. */
  function moveRows() {
    const moved = Array.from(rows.keys()).filter((fold) => rows.get(fold).dataset.oldest !== nameOf(folds.oldestOf(fold)));
    for (const fold of moved) detach(rows.get(fold));
    new Set([...shrunk, ...moved]).forEach(settle);
    shrunk.clear();
  }

  function detach(element) {
    const next = element.nextElementSibling;
    element.remove();
    head(next);
  }

  /** Remove a card. `into`: the card that shows the entry from now on, if any; it gets the focus. */
  function remove(element, id, into) {
    const [next, row] = [element.nextElementSibling, element.parentElement.closest(".flood")];
    const hadFocus = element.contains(document.activeElement);
    detach(element);
    elements.delete(id);
    if (row) shrunk.add(Number(row.dataset.fold));
    if (!hadFocus) return;
    const successor = into ?? next ?? (row && flood.cardsIn(row).children.length ? row : null);
    const target = successor?.querySelector("button, summary") ?? document.getElementById("main");
    target.focus({ preventScroll: true });
  }

  /** Show the day's name on the card or row if it is the day's first in the feed. */
  function head(element) {
    if (!element) return;
    const [day, before] = [dayOf(element), element.previousElementSibling];
    const heading = element.querySelector(".feed-day");
    heading.hidden = element.parentElement !== list || (before !== null && dayOf(before) === day);
    heading.textContent = heading.hidden ? "" : days.words(day);
  }

  /** Read from the DOM, since an entry whose card is about to be removed is no longer in `entries`. */
  function dayOf(element) {
    return days.of(element.dataset.at);
  }

  /** Keep what is being read where it is: the field being written in, or what browsers keep in place by themselves, or
      else the card in the middle of the window. */
  function keepingPlace(change) {
    const read = fieldInUse() ?? (KEEPS_ITS_PLACE ? null : cardBeingRead());
    const before = read?.getBoundingClientRect().top;
    change();
    if (read?.isConnected) scrollBy(0, read.getBoundingClientRect().top - before);
  }

  function fieldInUse() {
    const field = document.activeElement;
    return field?.matches("textarea") && list.contains(field) ? field : null;
  }

  function cardBeingRead() {
    const { left, top } = list.getBoundingClientRect();
    return top < 0 ? document.elementFromPoint(left + 40, innerHeight / 2)?.closest(".entry") : null;
  }

  /** The id of the card that shows an entry or a reply. */
  function cardOf(id) {
    const shown = entries.get(id)?.reply_to || id;
    return folds.hostOf(shown) ?? shown;
  }

  return {
    draw(ids) {
      for (const id of folds.after(ids)) touched.add(id);
      if (touched.size) drawSoon();
    },

    /** Draw the waiting cards and replies. */
    show() {
      removeStale();
      moveRows();
      Array.from(waiting, cardOf).forEach((id) => drawOne(id, () => false));
      waiting.clear();
      drawNow();
    },

    /** Remove all cards for good. */
    close() {
      over = true;
      for (const known of [waiting, touched, elements, rows]) known.clear();
      list.replaceChildren();
    },

    /** Draw the day names again after midnight, above the cards and in them. */
    renewDays() {
      Array.from(list.children).forEach(head);
      this.draw(entries.all.map(({ id }) => id));
    },

    /** The card of an entry, or the element of a reply. */
    elementOf: (id) => elements.get(id) ?? list.querySelector(`.reply[data-id="${id}"]`),
    /** The ids of the entries and replies that wait. */
    get waiting() {
      return Array.from(waiting);
    },
  };
}

/** Names an entry and its place; after a restored backup, another entry may have its id. */
function nameOf(entry) {
  return entry ? `${entry.at},${entry.id}` : "";
}

/** Draws the cards of the feed. Changes are collected and drawn once a frame; a new card that would move the card being read
    waits until the reader asks for it.

    draw(ids) draws the cards that show the changed entries `ids`. `folds` knows which entries share a card. `holds()`
    returns a function that decides whether a new entry has to wait; `waits(count)` gets the number waiting. */

const MOST_A_FRAME = 20;
const KEEPS_ITS_PLACE = CSS.supports("overflow-anchor", "auto");

export function feedList(list, { entries, folds, card, days, holds, waits }) {
  const elements = new Map(Array.from(list.children, (element) => [Number(element.dataset.id), element]));
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
      now.forEach((id) => drawOne(id, isHeld));
    });
    for (const id of now) touched.delete(id);
    list.hidden = elements.size === 0;
    waits(waiting.size);
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
    if (!entry || folds.hostOf(id)) {
      waiting.delete(id);
    } else if (element) {
      card.fill(element, entry, folds.guestsOf(id));
    } else if (isHeld(entry)) {
      waiting.add(id);
    } else {
      insert(entry);
    }
  }

  function insert(entry) {
    waiting.delete(entry.id);
    const element = card.make();
    card.fill(element, entry, folds.guestsOf(entry.id));
    elements.set(entry.id, element);
    list.insertBefore(element, following(entry));
    head(element);
    head(element.nextElementSibling);
  }

  /** The element of the next older entry in the page. */
  function following(entry) {
    const { all } = entries;
    for (let place = entries.indexOf(entry) + 1; place < all.length; place += 1) {
      const element = elements.get(all[place].id);
      if (element) return element;
    }
    return null;
  }

  /** Remove a card. `into`: the card that shows the entry from now on, if any; it gets the focus. */
  function remove(element, id, into) {
    const next = element.nextElementSibling;
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    elements.delete(id);
    head(next);
    if (!hadFocus) return;
    const successor = into ?? next;
    (successor ? successor.querySelector("button") : document.getElementById("main")).focus({ preventScroll: true });
  }

  /** Show the day's name on the card if it is the day's first. */
  function head(element) {
    if (!element) return;
    const [day, before] = [dayOf(element), element.previousElementSibling];
    const heading = element.querySelector(".feed-day");
    heading.hidden = before !== null && dayOf(before) === day;
    heading.textContent = heading.hidden ? "" : days.words(day);
  }

  /** Read from the DOM, since an entry whose card is about to be removed is no longer in `entries`. */
  function dayOf(element) {
    return days.of(element.dataset.at);
  }

  function keepingPlace(change) {
    const read = KEEPS_ITS_PLACE ? null : cardBeingRead();
    const before = read?.getBoundingClientRect().top;
    change();
    if (read?.isConnected) scrollBy(0, read.getBoundingClientRect().top - before);
  }

  function cardBeingRead() {
    const { left, top } = list.getBoundingClientRect();
    return top < 0 ? document.elementFromPoint(left + 40, innerHeight / 2)?.closest(".entry") : null;
  }

  return {
    draw(ids) {
      for (const id of folds.after(ids)) touched.add(id);
      if (touched.size) drawSoon();
    },

    /** Draw the waiting cards. */
    show() {
      removeStale();
      waiting.forEach((id) => drawOne(id, () => false));
      drawNow();
    },

    /** Remove all cards for good. */
    close() {
      over = true;
      for (const known of [waiting, touched, elements]) known.clear();
      list.replaceChildren();
    },

    /** Draw the day names again after midnight, above the cards and in them. */
    renewDays() {
      Array.from(list.children).forEach(head);
      this.draw(entries.all.map(({ id }) => id));
    },

    elementOf: (id) => elements.get(id),
    get waiting() {
      return waiting.size;
    },
  };
}

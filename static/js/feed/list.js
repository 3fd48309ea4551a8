/** The feed in the page. What arrives is gathered and drawn once a frame; what would move what is being read waits
    until it is asked for.

    feedList(list, …) gives draw(ids), which brings these entries of `entries` into agreement with the page. `holds()`
    gives what says of a new entry whether it has to wait; `waits(count)` is told how many do. */

const MOST_A_FRAME = 20;
const KEEPS_ITS_PLACE = CSS.supports("overflow-anchor", "auto");

export function feedList(list, { entries, card, days, holds, waits }) {
  const elements = new Map(Array.from(list.children, (element) => [Number(element.dataset.id), element]));
  const waiting = new Set();
  let touched = new Set();
  let asked = false;
  let over = false;

  function drawSoon() {
    if (asked || over) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (!over) drawNow();
    });
  }

  function drawNow() {
    const now = Array.from(touched).slice(0, MOST_A_FRAME);
    for (const id of now) touched.delete(id);
    const isHeld = holds(); // looks at the page, and would make it be laid out once for every entry
    keepingPlace(() => now.forEach((id) => drawOne(id, isHeld)));
    list.hidden = elements.size === 0;
    waits(waiting.size);
    if (touched.size) drawSoon();
  }

  function drawOne(id, isHeld) {
    const [entry, element] = [entries.get(id), elements.get(id)];
    if (!entry) {
      waiting.delete(id);
      if (element) remove(element, id);
    } else if (element) {
      // What the server has drawn is known here by its place and number only.
      if (entry.kind) card.fill(element, entry);
      else card.pressed(element, entry);
    } else if (isHeld(entry)) {
      waiting.add(id);
    } else {
      insert(entry);
    }
  }

  function insert(entry) {
    waiting.delete(entry.id);
    const element = card.make();
    card.fill(element, entry);
    elements.set(entry.id, element);
    list.insertBefore(element, following(entry));
    head(element);
    head(element.nextElementSibling);
  }

  /** The next older one that is in the page. */
  function following(entry) {
    const all = entries.list;
    for (let place = entries.placeOf(entry) + 1; place < all.length; place += 1) {
      const element = elements.get(all[place].id);
      if (element) return element;
    }
    return null;
  }

  function remove(element, id) {
    const next = element.nextElementSibling;
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    elements.delete(id);
    head(next);
    if (!hadFocus) return;
    const heir = next ? next.querySelector("button") : document.getElementById("main");
    heir.focus({ preventScroll: true });
  }

  /** A day's name stands over its first entry. */
  function head(element) {
    if (!element) return;
    const [day, before] = [dayOf(element), element.previousElementSibling];
    const heading = element.querySelector(".feed-day");
    heading.hidden = before !== null && dayOf(before) === day;
    heading.textContent = heading.hidden ? "" : days.words(day);
  }

  /** By what stands in the page: of neighbours that go at once the second is known no longer when the first goes. */
  function dayOf(element) {
    return days.of(element.dataset.at);
  }

  function keepingPlace(change) {
    const read = KEEPS_ITS_PLACE ? null : whatIsRead();
    const before = read?.getBoundingClientRect().top;
    change();
    if (read?.isConnected) scrollBy(0, read.getBoundingClientRect().top - before);
  }

  function whatIsRead() {
    const { left, top } = list.getBoundingClientRect();
    return top < 0 ? document.elementFromPoint(left + 40, innerHeight / 2)?.closest(".entry") : null;
  }

  return {
    draw(ids) {
      for (const id of ids) touched.add(id);
      if (touched.size) drawSoon();
    },

    /** Whatever has waited goes where it belongs. */
    show() {
      waiting.forEach((id) => drawOne(id, () => false));
      drawNow();
    },

    /** For good: nothing of it stays in the page. */
    close() {
      over = true;
      for (const known of [waiting, touched, elements]) known.clear();
      list.replaceChildren();
    },

    /** Yesterday's name has changed. */
    headAnew() {
      Array.from(list.children).forEach(head);
    },

    elementOf: (id) => elements.get(id),
    get waiting() {
      return waiting.size;
    },
  };
}

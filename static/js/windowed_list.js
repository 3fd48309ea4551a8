/** Shows a list of thousands of rows, of which only those on the screen are in the DOM.

    windowedList(list, { rows, key, make, fill, near }) returns refresh(). All rows have the height of the first. They
    are in the DOM in list order, so that Tab and screen readers go through them in order, and a focused row stays in
    the DOM. Rows added above do not move the rows being read. */

const SPARE = 8;
const MOST_NEW = 24;

export function windowedList(list, { rows, key, make, fill, near }) {
  const shown = new Map();
  let height = 0;
  let isDrawDue = false;
  let first = null;

  function drawSoon() {
    if (isDrawDue) return;
    isDrawDue = true;
    requestAnimationFrame(() => {
      isDrawDue = false;
      draw();
    });
  }

  function measure() {
    height = shown.values().next().value?.element.offsetHeight || height;
  }

  function draw() {
    const all = rows();
    list.hidden = all.length === 0;
    if (!all.length) return clear();
    if (!height) {
      const probe = list.appendChild(make());
      height = probe.offsetHeight;
      probe.remove();
    }
    const top = list.getBoundingClientRect().top;
    const moved = movedBy(all, top);
    list.style.height = `${all.length * height}px`;
    if (moved) scrollBy(0, moved);
    const [from, to] = visible(top - moved, all.length);
    place(all, from, to);
    first = top - moved < 0 ? key(all[Math.min(all.length - 1, Math.floor((moved - top) / height))]) : null;
    if (to > all.length - 3 * SPARE) near();
  }

  function visible(top, count) {
    const from = Math.floor(-top / height) - SPARE;
    const to = Math.ceil((innerHeight - top) / height) + SPARE;
    return [Math.max(0, Math.min(from, count - 1)), Math.max(0, Math.min(to, count))];
  }

  /** By how many pixels the row at the top of the screen has been pushed down since the last draw. */
  function movedBy(all, top) {
    if (first === null || top >= 0) return 0;
    const was = shown.get(first)?.index;
    if (was === undefined) return 0;
    const now = indexOf(all, first, was);
    return now < 0 ? 0 : (now - was) * height;
  }

  function indexOf(all, id, guess) {
    if (all[guess] && key(all[guess]) === id) return guess;
    return all.findIndex((one) => key(one) === id);
  }

  function place(all, from, to) {
    const wanted = new Set(all.slice(from, to).map(key));
    removeOthers(wanted);
    let cursor = list.firstElementChild;
    let added = 0;
    for (let index = from; index < to; index += 1) {
      const item = all[index];
      let row = shown.get(key(item));
      if (!row && added >= MOST_NEW) {
        drawSoon(); // the rest in the next frame, so that a fast scroll stays smooth
        break;
      }
      if (!row) {
        row = { element: make(), item: null, index: -1 };
        shown.set(key(item), row);
        added += 1;
      }
      while (cursor && cursor !== row.element && isPinned(cursor, wanted)) cursor = cursor.nextElementSibling;
      if (cursor === row.element) cursor = cursor.nextElementSibling;
      else list.insertBefore(row.element, cursor);
      update(row, item, index, all.length);
    }
  }

  /** Remove the rows that are off the screen, except the one with the focus. */
  function removeOthers(wanted) {
    for (const [id, { element }] of shown) {
      if (wanted.has(id) || element.contains(document.activeElement)) continue;
      element.remove();
      shown.delete(id);
    }
  }

  function isPinned(element, wanted) {
    return !wanted.has(Number(element.dataset.key));
  }

  function update(row, item, index, count) {
    if (row.item !== item) {
      row.element.dataset.key = key(item);
      fill(row.element, item);
      row.item = item;
    }
    if (row.index !== index) {
      row.index = index;
      row.element.style.transform = `translateY(${index * height}px)`;
      row.element.setAttribute("aria-posinset", index + 1);
    }
    row.element.setAttribute("aria-setsize", count);
  }

  function clear() {
    for (const { element } of shown.values()) element.remove();
    shown.clear();
    list.style.height = "";
  }

  list.replaceChildren();
  list.classList.add("runs-windowed");
  addEventListener("scroll", drawSoon, { passive: true });
  addEventListener("resize", () => {
    measure();
    for (const row of shown.values()) row.index = -1;
    drawSoon();
  });
  new ResizeObserver(drawSoon).observe(document.body); // what is above the list moves it, too
  drawSoon();
  return drawSoon;
}

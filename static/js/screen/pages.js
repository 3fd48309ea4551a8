/** Shows a list in pages: as many rows as fit, long enough to read from across the room. */

const SHORTEST_MS = 7000;
const FIND_MS = 2400;
const ROW_MS = 1200;

export function readingTime(rows) {
  return Math.max(SHORTEST_MS, FIND_MS + rows * ROW_MS);
}

/** Fill `box` with as many rows as fit, starting at row `from` of `count`. A last page with room left starts earlier.
    Return the first row shown, and the first row of the next page. */
export function showPage(box, { count, from, rowAt }) {
  let first = from < count ? from : 0;
  let end = first;
  box.textContent = "";
  box.classList.remove("list-tight");
  while (end < count && put(box, rowAt(end), null)) end += 1;
  if (end === count) while (first > 0 && put(box, rowAt(first - 1), box.firstChild)) first -= 1;
  box.classList.toggle("list-tight", !fits(box)); // for a single row that is too tall: cuts its names to one line
  return { first, end };
}

/** Insert a row; remove it again and return false if it does not fit. The first row always stays. */
function put(box, row, place) {
  box.insertBefore(row, place);
  if (box.children.length === 1 || fits(box)) return true;
  row.remove();
  return false;
}

function fits(box) {
  return box.scrollHeight <= box.clientHeight + 1;
}

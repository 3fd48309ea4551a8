/** Lists in pages: as many rows as fit, for as long as it takes to read them from across the room. */

const SHORTEST_MS = 7000;
const FIND_MS = 2400;
const ROW_MS = 1200;

export function readingTime(rows) {
  return Math.max(SHORTEST_MS, FIND_MS + rows * ROW_MS);
}

/** Put the rows that fit into `box`, from row `from` of `count` on. A last page with room left begins earlier. Gives the
    first row shown, and where the next page begins. */
export function showPage(box, { count, from, rowAt }) {
  let first = from < count ? from : 0;
  let end = first;
  box.textContent = "";
  box.classList.remove("list-tight");
  while (end < count && put(box, rowAt(end), null)) end += 1;
  if (end === count) while (first > 0 && put(box, rowAt(first - 1), box.firstChild)) first -= 1;
  box.classList.toggle("list-tight", !fits(box)); // a single row that is too tall: its names take one line each
  return { first, end };
}

/** False, and out again, if it does not fit; one row is shown in any case. */
function put(box, row, place) {
  box.insertBefore(row, place);
  if (box.children.length === 1 || fits(box)) return true;
  row.remove();
  return false;
}

function fits(box) {
  return box.scrollHeight <= box.clientHeight + 1;
}

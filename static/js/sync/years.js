/** Draws a bar for every year, with all activities and the parkruns among them, also while an import runs. The server
    draws the same bars in web/sync_words.py. */

const LONGEST_GAP = 4;

export function yearBars(section, say) {
  const list = section.querySelector("ol");
  const template = section.querySelector("template");
  let drawn = "";

  /** `years`: [{ year, all, parkruns }], in any order. */
  return (years) => {
    const columns = columnsOf(years, new Date().getFullYear());
    section.hidden = columns.length === 0;
    const text = JSON.stringify(columns);
    if (text === drawn) return;
    drawn = text;
    const most = Math.max(...columns.map((one) => one?.all ?? 0));
    list.replaceChildren(...columns.map((one) => (one ? bar(template, one, { most, words: wordsOf(one, say) }) : gap())));
  };
}

/** The columns, newest first, including empty years; null replaces more than a few empty years in a row. Leaves out
    future years, which come from watches with a wrong clock. */
function columnsOf(years, thisYear) {
  const known = years.filter(({ year }) => year <= thisYear).sort((one, other) => other.year - one.year);
  return known.flatMap((one, place) => {
    const empty = place ? known[place - 1].year - one.year - 1 : 0;
    if (empty > LONGEST_GAP) return [null, one];
    const between = Array.from({ length: empty }, (_, step) => ({ year: one.year + empty - step, all: 0, parkruns: 0 }));
    return [...between, one];
  });
}

function gap() {
  const mark = document.createElement("li");
  mark.className = "year-gap";
  mark.ariaHidden = "true";
  mark.textContent = "…";
  return mark;
}

function wordsOf({ year, all, parkruns }, say) {
  const [activities, counted] = [say("activities", { count: all }), say("parkruns", { count: parkruns })];
  return say("year", { year: String(year), activities, parkruns: counted });
}

function bar(template, { year, all, parkruns }, { most, words }) {
  const column = template.content.firstElementChild.cloneNode(true);
  const link = column.querySelector("a");
  link.title = words;
  link.search = new URLSearchParams({ show: "all", before: `${Date.UTC(year + 1) / 1000},0` }).toString();
  column.querySelector(".only-read-aloud").textContent = words;
  column.querySelector(".year-label").textContent = `’${String(year % 100).padStart(2, "0")}`;
  raise(column.querySelector(".bar-other"), all / most);
  raise(column.querySelector(".bar-parkrun"), parkruns / most);
  return column;
}

function raise(rect, share) {
  rect.setAttribute("y", 100 - 100 * share);
  rect.setAttribute("height", 100 * share);
}

/** Count the years from rows. */
export function yearsOf(rows) {
  const years = new Map();
  for (const item of rows) {
    const year = Number(item.start.slice(0, 4));
    let one = years.get(year);
    if (!one) years.set(year, (one = { year, all: 0, parkruns: 0 }));
    one.all += 1;
    if (isParkrun(item)) one.parkruns += 1;
  }
  return [...years.values()];
}

function isParkrun({ parkrun, state }) {
  if (!parkrun) return false;
  return parkrun.status === "sure" ? state !== "dismissed" : state === "saved";
}

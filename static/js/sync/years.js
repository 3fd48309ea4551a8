/** A bar for every year: how much there is, and how much of it is parkruns. It grows while a history is read. */

export function yearBars(section) {
  const list = section.querySelector("ol");
  const template = section.querySelector("template");
  let drawn = "";

  /** `years`: [{ year, all, parkruns }], in any order. */
  return (years) => {
    const known = new Map(years.map((one) => [one.year, one]));
    section.hidden = known.size === 0;
    const text = JSON.stringify(years);
    if (text === drawn || !known.size) return;
    drawn = text;
    const newest = Math.max(...known.keys());
    const count = newest - Math.min(...known.keys()) + 1;
    const most = Math.max(...years.map((one) => one.all));
    while (list.children.length < count) list.append(template.content.firstElementChild.cloneNode(true));
    while (list.children.length > count) list.lastElementChild.remove();
    Array.from(list.children, (bar, place) => {
      const year = newest - place;
      fill(bar, known.get(year) ?? { year, all: 0, parkruns: 0 }, most);
    });
  };
}

function fill(bar, { year, all, parkruns }, most) {
  const words = `${year}: ${all} activities, ${parkruns} parkruns`;
  const link = bar.querySelector("a");
  if (link.title === words && bar.dataset.most === String(most)) return;
  bar.dataset.most = most;
  link.title = words;
  link.search = new URLSearchParams({ show: "all", before: `${Date.UTC(year + 1) / 1000},0` }).toString();
  bar.querySelector(".only-read-aloud").textContent = words;
  bar.querySelector(".year-label").textContent = `’${String(year % 100).padStart(2, "0")}`;
  raise(bar.querySelector(".bar-other"), all / most);
  raise(bar.querySelector(".bar-parkrun"), parkruns / most);
}

function raise(bar, share) {
  bar.setAttribute("y", 100 - 100 * share);
  bar.setAttribute("height", 100 * share);
}

/** The same, counted from rows. */
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

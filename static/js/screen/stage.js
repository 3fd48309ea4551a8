/** Shows the stage: a moment for every new run, one after another, and the scenes in between. */

import { number, stopwatch } from "../formats.js";
import { refill } from "./refill.js";
import { sceneTurner } from "./scenes.js";

/** How long a moment lasts, by the number of moments waiting behind it. */
const PACE = [
  { waiting: 1, ms: 6000 },
  { waiting: 4, ms: 4000 },
  { waiting: 12, ms: 2500 },
  { waiting: Infinity, ms: 1500 },
];
/** The sizes of screen_moment.css; the first in which everything fits is used. A name too long for all of them is cut
    with "…" in a small size. */
const SIZES = ["largest", "large", "small", "smallest", "tightest"];
const SMALL_SIZES = SIZES.slice(2);

/** `get(id)` returns an entry; `say` gives the words of the page. */
export function stage(element, { get, life, say }) {
  const scenes = sceneTurner(element.querySelector("[data-scenes]"), life);
  const moment = element.querySelector("[data-moment]");
  const says = element.querySelector("[data-says]");
  const slot = (name) => moment.querySelector(`[data-slot=${name}]`);
  const queue = [];
  let now = null;
  let timer = 0;
  let isPaused = false;

  function next() {
    now = null;
    while (queue.length && !get(queue[0])) queue.shift();
    if (queue.length && !isPaused) begin(queue.shift());
    else moment.hidden = true;
    plan();
  }

  function begin(id) {
    now = id;
    moment.hidden = false;
    fill(get(id));
    restartAnimation(moment, "moment-on");
  }

  function plan() {
    life.cancel(timer);
    scenes.hold(isPaused || now !== null);
    if (isPaused || now === null) return;
    timer = life.after(PACE.find(({ waiting }) => queue.length <= waiting).ms, next);
  }

  function fill(entry) {
    const { athlete, data, milestone, place } = entry;
    moment.classList.toggle("moment-milestone", Boolean(milestone));
    slot("name").textContent = athlete ? athlete.name : say("a_member");
    slot("event").textContent = place;
    slot("time").textContent = data.time_s ? stopwatch(data.time_s) : "";
    slot("device").textContent = data.device || "";
    refill(slot("number"), milestone ? bigNumber(data.count, milestone) : []);
    refill(slot("marks"), (entry.marks || []).map(markOf));
    fit();
  }

  function fit() {
    const room = parseFloat(getComputedStyle(moment).paddingTop);
    const fits = (size) => {
      moment.dataset.size = size;
      return says.offsetTop + 1 >= room;
    };
    if (!SIZES.some((size) => fits(size) && isWhole(slot("name")))) SMALL_SIZES.some(fits);
  }

  function restartAnimation(part, name) {
    part.classList.remove(name);
    void part.offsetWidth; // force a layout without the class, so that the animation starts again
    part.classList.add(name);
  }

  if (window.ResizeObserver) {
    const observer = new ResizeObserver(() => {
      scenes.show();
      if (now !== null) fit();
    });
    observer.observe(element);
    life.atEnd(() => observer.disconnect());
  }

  return {
    /** False while a moment is on or waiting, and while the wall is paused. */
    get isQuiet() {
      return now === null && !queue.length && !isPaused;
    },

    /** Queue a moment for this entry. */
    add(id) {
      queue.push(id);
      if (now === null) next();
    },

    /** Update or end the moment on show if its entry has changed or is gone. */
    change(id) {
      if (id !== now) return;
      if (get(id)) fill(get(id));
      else next();
    },

    /** Replace the scenes by the server's HTML. */
    scenes: scenes.write,
    forgetNames: scenes.forgetNames,

    /** Keep what is shown, and let moments wait, until the pause ends. */
    pause(on) {
      isPaused = on;
      if (now === null) next();
      else plan();
    },
  };
}

/** Whether the text fits without a cut line or word. */
function isWhole(part) {
  const halfALine = parseFloat(getComputedStyle(part).fontSize) / 2;
  return part.scrollHeight - part.clientHeight < halfALine && part.scrollWidth <= part.clientWidth;
}

function bigNumber(count, words) {
  const big = document.createElement("b");
  big.textContent = number(count);
  return [big, words];
}

function markOf({ words, celebrate }) {
  const mark = document.createElement("li");
  mark.textContent = words;
  mark.classList.toggle("mark-sun", celebrate);
  return mark;
}

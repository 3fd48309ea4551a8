/** The stage: every run that arrives has a moment there, one after another and none left out; in between the scenes turn. */

import { refill } from "./refill.js";
import { sceneTurner } from "./scenes.js";
import { deviceOf, isMilestone, marksBeside, nameOf, parkruns, short, timeOf } from "./words.js";

/** How long a moment lasts when so many are still waiting behind it. */
const PACE = [
  { waiting: 1, ms: 6000 },
  { waiting: 4, ms: 4000 },
  { waiting: 12, ms: 2500 },
  { waiting: Infinity, ms: 1500 },
];
/** The sizes of screen_moment.css. The first in which everything fits is taken; a name that is too long for all of them
    ends in "…" at one of the small ones. */
const SIZES = ["largest", "large", "small", "smallest", "tightest"];
const SMALL_SIZES = SIZES.slice(2);

export function stage(element, { get, life }) {
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
    appearAnew(moment, "moment-on");
  }

  function plan() {
    life.cancel(timer);
    scenes.hold(isPaused || now !== null);
    if (isPaused || now === null) return;
    timer = life.after(PACE.find(({ waiting }) => queue.length <= waiting).ms, next);
  }

  function fill(entry) {
    const { data } = entry;
    const isOne = entry.kind === "milestone" || isMilestone(data);
    moment.classList.toggle("moment-milestone", isOne);
    slot("name").textContent = nameOf(entry);
    slot("event").textContent = short(data.event_name);
    slot("time").textContent = timeOf(data);
    slot("device").textContent = deviceOf(data);
    refill(slot("number"), isOne ? bigNumber(data) : []);
    refill(slot("marks"), marksBeside(data).map(markOf));
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

  function appearAnew(part, name) {
    part.classList.remove(name);
    void part.offsetWidth; // an animation begins again only after the page has been laid out without it
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

    /** A moment for this entry, in its turn. */
    add(id) {
      queue.push(id);
      if (now === null) next();
    },

    /** The entry that is shown has changed, or is gone. */
    change(id) {
      if (id !== now) return;
      if (get(id)) fill(get(id));
      else next();
    },

    /** The server's HTML. */
    scenes: scenes.write,
    forgetNames: scenes.forgetNames,

    /** What is shown stays, and moments wait, until it is no longer paused. */
    pause(on) {
      isPaused = on;
      if (now === null) next();
      else plan();
    },
  };
}

/** Whether no line and no end of a word is cut off. */
function isWhole(part) {
  const halfALine = parseFloat(getComputedStyle(part).fontSize) / 2;
  return part.scrollHeight - part.clientHeight < halfALine && part.scrollWidth <= part.clientWidth;
}

function bigNumber(data) {
  const { count, words } = parkruns(data);
  const big = document.createElement("b");
  big.textContent = count;
  return [big, words];
}

function markOf({ words, sun }) {
  const mark = document.createElement("li");
  mark.textContent = words;
  mark.classList.toggle("mark-sun", sun);
  return mark;
}

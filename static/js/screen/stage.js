/** The stage: everybody who arrives has a moment there, one after another and none left out; in between the scenes that
    the server has written are turned over. */

import { refill } from "./refill.js";
import { deviceOf, isMilestone, marksBeside, nameOf, parkruns, short, timeOf } from "./words.js";

const SCENE_MS = 12000;
/** How long a moment lasts when so many are still waiting behind it. */
const PACE = [
  { waiting: 1, ms: 6000 },
  { waiting: 4, ms: 4000 },
  { waiting: 12, ms: 2500 },
  { waiting: Infinity, ms: 1500 },
];
const LONG_NAME = 13;

export function stage(element, { get }) {
  const scenes = element.querySelector("[data-scenes]");
  const moment = element.querySelector("[data-moment]");
  const slot = (name) => moment.querySelector(`[data-slot=${name}]`);
  const queue = [];
  let now = null;
  let timer = 0;
  let scene = "";
  let written = "";
  let isPaused = false;

  // --- Moments

  function next() {
    clearTimeout(timer);
    now = null;
    while (queue.length && !get(queue[0])) queue.shift();
    if (!queue.length) {
      moment.hidden = true;
      return;
    }
    now = queue.shift();
    fill(get(now));
    moment.hidden = false;
    appearAnew(moment, "moment-on");
    timer = setTimeout(next, PACE.find(({ waiting }) => queue.length <= waiting).ms);
  }

  function fill(entry) {
    const { data } = entry;
    const isOne = entry.kind === "milestone" || isMilestone(data);
    moment.classList.toggle("moment-milestone", isOne);
    moment.classList.toggle("moment-long", nameOf(entry).length > LONG_NAME);
    slot("name").textContent = nameOf(entry);
    slot("event").textContent = short(data.event_name);
    slot("time").textContent = timeOf(data);
    slot("device").textContent = deviceOf(data);
    refill(slot("number"), isOne ? bigNumber(data) : []);
    refill(slot("marks"), marksBeside(data).map(markOf));
  }

  function appearAnew(part, name) {
    part.classList.remove(name);
    void part.offsetWidth; // an animation begins anew only after the page has been laid out without it
    part.classList.add(name);
  }

  // --- Scenes

  function all() {
    return Array.from(scenes.querySelectorAll("[data-scene]:not([hidden])"));
  }

  function turn(step) {
    const here = all();
    const place = here.findIndex((one) => one.dataset.scene === scene);
    const shown = here[(place + step) % here.length] || here[0];
    for (const one of here) one.classList.toggle("scene-on", one === shown);
    scene = shown ? shown.dataset.scene : "";
  }

  scenes.classList.add("scenes-turning");
  turn(0);
  setInterval(() => !now && !isPaused && turn(1), SCENE_MS);

  return {
    get isQuiet() {
      return !now && !queue.length;
    },

    /** A moment for this entry, in its turn. */
    add(id) {
      queue.push(id);
      if (!now) next();
    },

    /** What is shown has changed, or is gone. */
    change(id) {
      if (id !== now) return;
      if (get(id)) fill(get(id));
      else next();
    },

    /** From the server; the one that is being read stays where it is. */
    scenes(html) {
      if (written === html) return;
      scenes.innerHTML = written = html;
      turn(0);
    },

    /** Nobody is named any more until the server has spoken again. */
    forgetNames() {
      for (const one of scenes.querySelectorAll("[data-named]")) one.remove();
      written = "";
      turn(0);
    },

    pause(on) {
      isPaused = on;
    },
  };
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

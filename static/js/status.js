/** /status/: fetches the page's parts every few seconds while the page is visible, and replaces those that have changed.

    A page that cannot reach the site keeps its last figures, and says of what time they are. */

import { announcer } from "./announcer.js";
import { fetchJson, isReachable } from "./fetch_json.js";
import { newBackOff } from "./live/back_off.js";
import { pageWords } from "./page_words.js";

const EVERY_MS = 5000;

const page = document.querySelector("[data-status-page]");
const line = page.querySelector("[data-connection]");
const pause = page.querySelector("[data-pause]");
const say = pageWords();
const announce = announcer(page.querySelector("[data-announce]"));
const backOff = newBackOff();
const shown = new Map();

let at = "";
let timer = 0;
let isFetching = false;
let isPaused = false;

async function refresh() {
  clearTimeout(timer);
  if (isFetching || isPaused || document.hidden) return;
  isFetching = true;
  const answer = navigator.onLine ? await fetchJson(page.dataset.address, { cache: "no-store" }) : null;
  const state = answer?.ok ? "live" : await whyNot();
  isFetching = false;
  if (isPaused) return;
  if (state === "live") {
    backOff.reset();
    at = answer.json.at;
    draw(answer.json.parts);
  }
  show(state);
  timer = setTimeout(refresh, state === "live" ? EVERY_MS : EVERY_MS + backOff.afterFailure());
}

/** If the site answers but the figures do not come, the person may have signed out in another tab. */
async function whyNot() {
  if (!navigator.onLine) return "offline";
  return (await isReachable(page.dataset.health)) ? "stopped" : "unreachable";
}

function draw(parts) {
  const before = title();
  for (const [name, html] of Object.entries(parts)) {
    if (shown.get(name) === html) continue;
    page.querySelector(`[data-part="${name}"]`).innerHTML = html;
    shown.set(name, html);
  }
  if (title() !== before) announce(page.querySelector(`[data-part="headline"]`).textContent.trim());
}

function title() {
  return page.querySelector("[data-title]").textContent;
}

function show(state) {
  const isNew = line.dataset.state !== undefined && line.dataset.state !== state;
  line.hidden = false;
  line.dataset.state = state;
  line.textContent = say(state, { at });
  page.classList.toggle("status-stale", !["live", "paused"].includes(state));
  if (isNew) announce(line.textContent);
}

function togglePause() {
  isPaused = !isPaused;
  pause.textContent = say(isPaused ? "resume" : "pause");
  clearTimeout(timer);
  if (isPaused) show("paused");
  else refresh();
}

pause.textContent = say("pause");
pause.hidden = false;
pause.addEventListener("click", togglePause);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("online", refresh);
window.addEventListener("offline", refresh);
refresh();

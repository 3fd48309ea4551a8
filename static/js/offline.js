/** On the offline page: loads the page that was asked for as soon as the site answers again. */

import { showStoredTheme } from "./theme.js";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;

const page = document.querySelector("[data-offline]");
const status = page.querySelector("[role=status]");
const wasSent = page.dataset.sent === "yes";
let timer = null;
let isAsking = false;

async function siteAnswers() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The offline page has an address of its own, too. Loading it again would only show it again. */
function load() {
  if (location.pathname === page.dataset.offline) location.replace("/");
  else location.reload();
}

async function tryAgain() {
  if (isAsking) return false;
  isAsking = true;
  clearTimeout(timer);
  const answers = await siteAnswers();
  isAsking = false;
  if (answers) load();
  else waitLonger();
  return answers;
}

/** The number of tries is part of the history's entry, so that it outlives the reload that it counts. */
function waitLonger() {
  const tries = history.state?.tries ?? 0;
  history.replaceState({ tries: tries + 1 }, "");
  const pause = Math.min(FIRST_PAUSE_MS * 1.5 ** tries, LONGEST_PAUSE_MS);
  timer = setTimeout(tryWhileSeen, pause * (0.75 + Math.random() / 2));
}

/** A page in the background waits until it is seen again. */
function tryWhileSeen() {
  if (!document.hidden) tryAgain();
}

async function press() {
  status.textContent = page.dataset.trying;
  if (!(await tryAgain())) status.textContent = page.dataset.still;
}

showStoredTheme();
page.querySelector("button").addEventListener("click", wasSent ? load : press);
// The browser asks before it sends a form a second time. That question must follow a press of the button.
if (!wasSent) {
  addEventListener("online", tryWhileSeen);
  document.addEventListener("visibilitychange", tryWhileSeen);
  waitLonger();
}

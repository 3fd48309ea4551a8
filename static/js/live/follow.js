/** Keeps a page that the server renders up to date: fetches the page again after a change to the athlete's activities.

    `part` is the element that is replaced, and its `data-mark` the athlete's last change that it contains. `changed()`
    is called after each replacement. The page's own socket is the one of My Strava. */

import { fetchPage } from "../fetch_json.js";
import { newBackOff } from "./back_off.js";
import { morph } from "./morph.js";
import { openSocket } from "./socket.js";

const CHANGES = ["activities.found", "activities.removed", "activity.saved", "activity.unsaved", "access.revoked"];
const SOON_MS = 200;
const APART_MS = 1000;
const SIGNED_OUT = 4401;
const TOKENS = "input[name=csrfmiddlewaretoken]";

export function follow(part, changed) {
  const backOff = newBackOff();
  let mark = Number(part.dataset.mark);
  let isStale = false;
  let isFetching = false;
  let fetchedAt = -Infinity;
  let timer = 0;

  function receive(message) {
    if (CHANGES.includes(message.type) || (message.type === "hello" && message.mark !== mark)) isStale = true;
    if (message.mark !== undefined) mark = message.mark;
    if (isStale) refreshIn(Math.max(SOON_MS, fetchedAt + APART_MS - performance.now()));
  }

  function refreshIn(pause) {
    clearTimeout(timer);
    timer = setTimeout(refresh, pause);
  }

  /** A hidden page is refreshed when it is shown. */
  async function refresh() {
    if (!isStale || isFetching || document.hidden) return;
    [isStale, isFetching, fetchedAt] = [false, true, performance.now()];
    const page = await fetchPage(location.href);
    isFetching = false;
    const fresh = page && page.querySelector("[data-follow]");
    if (fresh) {
      backOff.reset();
      replace(fresh);
    } else isStale = true;
    if (isStale) refreshIn(fresh ? APART_MS : APART_MS + backOff.afterFailure());
  }

  function replace(fresh) {
    const token = part.querySelector(TOKENS);
    if (token) for (const field of fresh.querySelectorAll(TOKENS)) field.setAttribute("value", token.value);
    keepingPlace(part, () => morph(part, fresh));
    if (changed) changed();
  }

  openSocket("/ws/sync/", {
    position: () => mark,
    receive,
    say: (name) => name, // the page does not show the state of its connection
    showStatus: ({ code }) => code === SIGNED_OUT && location.reload(), // the sign-in page follows
  });
  document.addEventListener("visibilitychange", refresh);
}

/** Change the part without moving the row that is being read. */
function keepingPlace(part, change) {
  const rows = Array.from(part.querySelectorAll("[data-key]"));
  const read = scrollY > 0 && rows.find((row) => row.getBoundingClientRect().bottom > 0);
  const before = read && read.getBoundingClientRect().top;
  change();
  if (read && read.isConnected) scrollBy(0, read.getBoundingClientRect().top - before);
}

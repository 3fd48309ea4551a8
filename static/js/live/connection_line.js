/** Shows the state of the connection in the page's line and, once it is over, the reason in place of the page. */

/** Returns the function that gets the socket's status. `changed({ state, words })` is called for a new state, without
    the countdown; `close(why)` gets the element that says why the page is closed. */
export function connectionLine(page, { changed, close }) {
  const line = page.querySelector("[data-connection]");

  return ({ state, words, code }) => {
    const before = line.dataset.state;
    line.hidden = false;
    line.dataset.state = state;
    line.textContent = words;
    const why = page.querySelector(`[data-over="${code}"]`);
    if (why) close(why);
    const isFirstLive = before === undefined && state === "live";
    if (state !== before && !isFirstLive) changed({ state, words });
  };
}

/** Hide or remove `parts`, show the reason and move the focus to it if it was inside. */
export function showReason(why, parts, discard) {
  const hadFocus = parts.some((part) => part.contains(document.activeElement));
  parts.forEach(discard);
  why.hidden = false;
  if (hadFocus) why.focus();
}

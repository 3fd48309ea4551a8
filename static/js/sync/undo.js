/** Offers to undo the last action, in a bar at the bottom of the page. It stays until it is used or closed, or until
    the next action. */

export function undoBar(bar) {
  let take = null;

  function close() {
    const hadFocus = bar.contains(document.activeElement);
    bar.hidden = true;
    take = null;
    if (hadFocus) document.getElementById("main").focus();
  }

  bar.querySelector("[data-undo-press]").addEventListener("click", () => {
    const undo = take;
    close();
    undo?.();
  });
  bar.querySelector("[data-undo-close]").addEventListener("click", close);

  return {
    offer(words, undo) {
      take = undo;
      bar.querySelector("[data-slot=undo_words]").textContent = words;
      bar.hidden = false;
    },
    close,
  };
}

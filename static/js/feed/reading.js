/** Tells whether the reader is reading, so that new cards wait, and shows them by a button, by scrolling or after a pause. */

export function readingControls({ list, pause, showNew, page }) {
  let cards = null; // the list of cards that waits

  function isReading() {
    if (pause.ariaPressed === "true") return true;
    const isScrolled = list.getBoundingClientRect().top < 0;
    return isScrolled || list.querySelector(":focus-visible") !== null;
  }

  function showWaiting() {
    cards.show();
    list.firstElementChild?.querySelector("button").focus({ preventScroll: true });
    page.scrollIntoView();
  }

  function togglePause() {
    pause.ariaPressed = pause.ariaPressed === "true" ? "false" : "true";
    if (!isReading()) cards.show();
  }

  return {
    isReading,

    /** Let the buttons and scrolling show the cards that wait in `feedCards`. */
    begin(feedCards) {
      cards = feedCards;
      pause.hidden = false;
      showNew.addEventListener("click", showWaiting);
      pause.addEventListener("click", togglePause);
      addEventListener("scroll", () => cards.waiting && !isReading() && cards.show(), { passive: true });
    },
  };
}

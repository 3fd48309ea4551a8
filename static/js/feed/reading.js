/** Tells whether the reader is reading, so that new cards and replies wait, and shows them by a button, by scrolling or
    after a pause. */

export function readingControls({ list, pause, showNew, page }) {
  let cards = null; // the list of cards that waits

  function isReading() {
    if (pause.ariaPressed === "true") return true;
    const isScrolled = list.getBoundingClientRect().top < 0;
    return isScrolled || list.querySelector(":focus-visible") !== null;
  }

  /** Show what waits; new cards are above all others, and replies where they belong. */
  function showWaiting() {
    const { waiting } = cards;
    cards.show();
    const replies = waiting.map(cards.elementOf).filter((element) => element?.matches(".reply"));
    if (replies.length === waiting.length) return replies[0].querySelector("button").focus();
    list.firstElementChild?.querySelector("button, summary").focus({ preventScroll: true });
    page.scrollIntoView();
  }

  function togglePause() {
    pause.ariaPressed = pause.ariaPressed === "true" ? "false" : "true";
    if (!isReading()) cards.show();
  }

  function isInView(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  }

  /** Whether a reply in this card, or a card in this open row of a flood, would move what is being read. */
  function wouldMove(element) {
    if (pause.ariaPressed === "true") return true;
    const row = element.querySelector(":scope > details");
    return isInView(element) && !element.contains(document.activeElement) && (!row || row.open);
  }

  return {
    /** Return a function that decides whether a new entry has to wait. It gets the entry, and the card or row that would
        show it, if that is in the page. `isNewest(entry)`: whether the entry goes above all cards. */
    holds({ isMine, isNewest }) {
      const isHeld = isReading();
      return (entry, shownIn) => isHeld && !isMine(entry) && (shownIn ? wouldMove(shownIn) : isNewest(entry));
    },

    /** Let the buttons and scrolling show the cards that wait in `feedCards`. */
    begin(feedCards) {
      cards = feedCards;
      pause.hidden = false;
      showNew.addEventListener("click", showWaiting);
      pause.addEventListener("click", togglePause);
      addEventListener("scroll", () => cards.waiting.length && !isReading() && cards.show(), { passive: true });
    },
  };
}

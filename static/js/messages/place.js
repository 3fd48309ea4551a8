/** Keeps the reader's place in a conversation: at its end new messages are shown at once; further up nothing moves, and a
    button says how many are new. */

const END_PX = 80; // so near the end counts as the end

/** `reached()` is called when the reader sees the end, on a visible page; `say` gives the button's words. */
export function placeInConversation({ list, showNew, reached, say }) {
  const unseen = new Set(); // the new messages below what is being read
  let wasAtEnd = true; // of the page as it was last laid out, before it grows

  const room = document.scrollingElement;

  function isAtEnd() {
    return room.scrollHeight - room.clientHeight - room.scrollTop <= END_PX;
  }

  function scrollToEnd() {
    room.scrollTop = room.scrollHeight;
    look();
  }

  function stayAtEnd() {
    if (wasAtEnd) scrollToEnd();
  }

  function look() {
    wasAtEnd = isAtEnd();
    if (!wasAtEnd) return;
    unseen.clear();
    showUnseen();
    if (!document.hidden) reached();
  }

  function showUnseen() {
    showNew.hidden = unseen.size === 0;
    showNew.textContent = say("new_below", { count: unseen.size });
  }

  /** The first message that is in view. */
  function beingRead() {
    return Array.from(list.children).find((bubble) => bubble.getBoundingClientRect().bottom > 0);
  }

  showNew.addEventListener("click", () => {
    const [first] = unseen;
    const bubble = list.querySelector(`[data-id="${first}"]`);
    if (bubble) bubble.scrollIntoView({ block: "start" });
    else scrollToEnd();
    look();
  });
  addEventListener("scroll", look, { passive: true });
  addEventListener("resize", stayAtEnd);
  document.addEventListener("visibilitychange", look);
  new ResizeObserver(stayAtEnd).observe(list); // a form to delete a message was opened

  return {
    /** Begin at the first unread message, or at the end. */
    begin() {
      history.scrollRestoration = "manual";
      const unread = list.querySelector("[data-unread]");
      if (unread) unread.scrollIntoView({ block: "center" });
      else room.scrollTop = room.scrollHeight;
      look();
    },

    /** Change the list by `change()`, which returns the ids of messages that are new and not the reader's own. */
    keep(change) {
      const stays = wasAtEnd ? null : beingRead();
      const before = stays && stays.getBoundingClientRect().top;
      for (const id of change()) unseen.add(id);
      if (!stays) return scrollToEnd();
      if (stays.isConnected) room.scrollTop += stays.getBoundingClientRect().top - before;
      showUnseen();
      look();
    },

    /** The form below the messages has changed its height. */
    resized: stayAtEnd,
    isAtEnd,
    scrollToEnd,
  };
}

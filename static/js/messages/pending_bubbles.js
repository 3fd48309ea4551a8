/** Draws the messages that the server has not stored yet, below those that it has, with why one was not sent. */

import { linked } from "../feed/links.js";

/** `edit(text)` puts the text of a message that was not sent back into the field. */
export function pendingBubbles(list, { outbox, template, edit, say }) {
  const elements = new Map();

  const slot = (bubble, of) => bubble.querySelector(`[data-slot=${of}]`);

  function make({ ref, text }) {
    const bubble = template.content.firstElementChild.cloneNode(true);
    bubble.dataset.ref = ref;
    slot(bubble, "text").replaceChildren(linked(text));
    bubble.querySelector("[data-retry]").addEventListener("click", () => outbox.retry(ref));
    bubble.querySelector("[data-edit]").addEventListener("click", () => edit(outbox.take(ref)));
    elements.set(ref, bubble);
    list.append(bubble);
    return bubble;
  }

  function fill(bubble, item) {
    const how = outbox.stateOf(item);
    const words = how === "refused" ? item.problem : say(how);
    if (slot(bubble, "state").textContent !== words) slot(bubble, "state").textContent = words;
    bubble.classList.toggle("bubble-problem", how === "refused");
    slot(bubble, "ways").hidden = how !== "refused";
  }

  return {
    draw() {
      const refs = new Set(outbox.items.map(({ ref }) => ref));
      for (const [ref, bubble] of Array.from(elements)) {
        if (refs.has(ref)) continue;
        bubble.remove();
        elements.delete(ref);
      }
      let before = null;
      for (const item of outbox.items) {
        const bubble = elements.get(item.ref) || make(item);
        fill(bubble, item);
        bubble.classList.toggle("bubble-joined", before !== null);
        before = bubble;
      }
      list.hidden = elements.size === 0;
    },
  };
}

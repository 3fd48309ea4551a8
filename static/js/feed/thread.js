/** Draws the replies below a card. If there are many, the earlier ones are folded away; a reply that arrives later never
    folds away another one, because that would move what is being read. */

import { fillCheers, fillHead, fillText, slot, write } from "./card_parts.js";
import { repliesFolded } from "./folding.js";

export function threadMaker(template, { path, valuesOf, say }) {
  function elementOf(card, id) {
    return card.querySelector(`.reply[data-id="${id}"]`);
  }

  function fillOne(element, reply) {
    const shown = valuesOf(reply, []);
    fillHead(element, reply, shown);
    fillText(element, shown);
    write(element, "says", shown.says).hidden = !shown.says;
    fillCheers(element, reply, [], { path, say });
  }

  function removeStale(card, replies) {
    const ids = new Set(replies.map(({ id }) => String(id)));
    for (const element of card.querySelectorAll(".reply")) if (!ids.has(element.dataset.id)) remove(card, element);
  }

  function remove(card, element) {
    const hadFocus = element.contains(document.activeElement);
    const next = element.nextElementSibling;
    element.remove();
    if (hadFocus) (next ?? card).querySelector("button").focus({ preventScroll: true });
  }

  /** Insert the new replies, from the newest up, each before the next newer one. */
  function insertNew(card, replies) {
    const [earlier, shown] = [slot(card, "earlier"), slot(card, "replies")];
    const folded = card.querySelector(".reply") ? 0 : repliesFolded(replies.length);
    let [box, next] = [shown, null];
    for (let place = replies.length - 1; place >= 0; place -= 1) {
      const reply = replies[place];
      let element = elementOf(card, reply.id);
      if (!element) {
        element = template.content.firstElementChild.cloneNode(true);
        if (place === folded - 1) [box, next] = [earlier, null];
        box.insertBefore(element, next);
      }
      fillOne(element, reply);
      [box, next] = [element.parentElement, element];
    }
  }

  return {
    has: (card, id) => elementOf(card, id) !== null,

    fill(card, replies) {
      removeStale(card, replies);
      insertNew(card, replies);
      slot(card, "replies").hidden = !slot(card, "replies").children.length;
      const { length: count } = slot(card, "earlier").children;
      slot(card, "earlier").parentElement.hidden = !count;
      write(card, "earlier_words", count ? say("earlier_replies", { count }) : "");
    },
  };
}

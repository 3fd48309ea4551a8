/** Opens a form for a reply below a card. Each form keeps its text until the reply is in the feed, also over a reload. */

import { storedNames } from "../stored_texts.js";

/** `compose(form, { keep, replyTo })` makes a composer; `keep`: how the names of the stored drafts begin; `path`: the address
    of the club's entries; `elementOf(id)`: the card of an entry. */
export function replyForms(page, { template, entries, elementOf, compose, keep, path, say }) {
  const open = new Map(); // by entry: the form and its composer

  function make(id, card) {
    const form = template.content.firstElementChild.cloneNode(true);
    const words = say("reply_to", { name: card.querySelector("[data-slot=name]").textContent });
    form.querySelector("[name=reply_to]").value = id;
    form.querySelector("[name=next]").value = `${path}${id}/`;
    form.querySelector("label").textContent = words;
    form.querySelector("textarea").placeholder = words;
    name(form, id);
    card.querySelector(".entry-card").append(form);
    open.set(id, { form, writing: compose(form, { keep: `${keep}${id}`, replyTo: id }) });
    return form;
  }

  /** Give the parts of the form ids of their own. */
  function name(form, id) {
    for (const part of form.querySelectorAll("[id]")) part.id = `${part.id}-${id}`;
    form.querySelector("label").htmlFor = form.querySelector("textarea").id;
    const parts = [form.querySelector("[data-problem]"), form.querySelector("[data-left]")];
    form.querySelector("textarea").setAttribute("aria-describedby", parts.map((part) => part.id).join(" "));
  }

  function linkOf(id) {
    return elementOf(id)?.querySelector("[data-slot=reply]");
  }

  /** Close the form. A text in it stays in the browser's storage. */
  function close(id) {
    const hadFocus = open.get(id).form.contains(document.activeElement);
    open.get(id).form.remove();
    open.delete(id);
    if (hadFocus) linkOf(id)?.focus({ preventScroll: true });
  }

  function toggle(id) {
    const known = open.get(id);
    if (known && !known.form.querySelector("textarea").value) return close(id);
    const { form } = known ?? { form: make(id, elementOf(id)) };
    form.querySelector("textarea").focus();
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-slot=reply]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      toggle(Number(link.closest("[data-id]").dataset.id));
    }
    const cancel = event.target.closest("[data-cancel-reply]");
    if (cancel) close(Number(cancel.form.elements.reply_to.value));
  });
  page.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-reply-form]");
    if (form && event.key === "Escape" && !event.target.value) close(Number(form.elements.reply_to.value));
  });

  const all = () => Array.from(open.values(), ({ writing }) => writing);

  return {
    /** Open the forms of drafts that were stored by an earlier page. */
    restore() {
      for (const stored of storedNames(keep)) {
        const id = Number(stored.slice(keep.length));
        if (elementOf(id)?.matches(".entry") && !open.has(id)) make(id, elementOf(id));
      }
    },

    /** Forget the forms whose cards are gone. */
    removeStale() {
      for (const id of open.keys()) if (!entries.get(id)) open.delete(id);
    },

    resume: () => all().forEach((writing) => writing.resume()),
    stop: (why) => all().forEach((writing) => writing.stop(why)),
    refused: (ref, words) => all().some((writing) => writing.refused(ref, words)),
    arrived: (ref) => all().some((writing) => writing.arrived(ref)),
  };
}

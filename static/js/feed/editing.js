/** Edits a post where it stands in the feed: a form takes the place of its text until the change has arrived. */

/** `compose(form, { edit })` makes a composer; `path`: the address of the club's entries; `elementOf(id)`: the card of an
    entry, or a reply. */
export function editing(page, { template, entries, elementOf, compose, path }) {
  let open = null; // the post's id, its form, its composer, and when it was last edited

  function begin(id) {
    if (open) close();
    const { text, edited_at: editedAt } = entries.get(id);
    const form = template.content.firstElementChild.cloneNode(true);
    const field = form.querySelector("textarea");
    form.action = `${path}${id}/edit/`;
    field.value = text;
    form.addEventListener("submit", (event) => isUnchanged() && stopThere(event));
    elementOf(id).querySelector("[data-slot=text]").before(form);
    open = { id, form, editedAt, writing: compose(form, { edit: id }) };
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  function isUnchanged() {
    return open.form.querySelector("textarea").value.trim() === entries.get(open.id)?.text;
  }

  function stopThere(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  }

  function close() {
    const { id, form } = open;
    const hadFocus = form.contains(document.activeElement) || document.activeElement === document.body;
    form.remove();
    open = null;
    if (hadFocus) elementOf(id)?.querySelector("[data-slot=more]").focus({ preventScroll: true });
  }

  page.addEventListener("click", (event) => event.target.closest("[data-cancel-edit]") && close());
  page.addEventListener("keydown", (event) => {
    const isMine = open && open.form.contains(event.target);
    if (isMine && event.key === "Escape" && !event.defaultPrevented && isUnchanged()) close();
  });

  return {
    begin,

    /** The post has changed. Return whether that was the edit that is under way. */
    changed(id) {
      if (open?.id !== id) return false;
      const entry = entries.get(id);
      if (entry && (!open.writing.isSent || entry.edited_at === open.editedAt)) return false;
      open.writing.finish();
      close();
      return Boolean(entry);
    },

    resume: () => open?.writing.resume(),
    stop: (why) => open?.writing.stop(why),
    refused: (ref, words) => Boolean(open?.writing.refused(ref, words)),
  };
}

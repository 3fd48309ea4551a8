/** Sends the cheers of cards and replies over the socket, without leaving the page. */

/** `isByForm()`: whether the browser has to submit the forms. */
export function cheerForms(page, { state, cheers, isByForm }) {
  const { entries, folds } = state;

  /** Withdraw the reader's cheers for all entries of the card; if there are none, cheer for the card's own entry. */
  function pressCheer(id) {
    const entry = entries.get(id);
    if (!entry) return; // removed; its card is about to go
    const cheered = [entry, ...folds.guestsOf(id)].filter((one) => one.cheered);
    (cheered.length ? cheered : [entry]).forEach(cheers.press);
  }

  page.addEventListener("submit", (event) => {
    if (isByForm() || !("cheer" in event.target.dataset)) return;
    event.preventDefault();
    pressCheer(Number(event.target.closest("[data-id]").dataset.id));
  });
}

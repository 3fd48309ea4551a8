/** Sends the forms of the cards without leaving the page: cheers over the socket, deleting a post over HTTP. */

/** `isByForm()`: whether the browser has to submit the forms; `say` gives the words. */
export function cardForms(page, { state, cheers, isByForm, say, announce }) {
  const { entries, folds } = state;

  /** Withdraw the reader's cheers for all entries of the card; if there are none, cheer for the card's own entry. */
  function pressCheer(id) {
    const entry = entries.get(id);
    if (!entry) return; // removed; its card is about to go
    const cheered = [entry, ...folds.guestsOf(id)].filter((one) => one.cheered);
    (cheered.length ? cheered : [entry]).forEach(cheers.press);
  }

  /** Send the form; the card goes when the socket confirms. A redirect is no proof, as signed-out readers get one too. */
  async function removePost(form) {
    const post = { method: "POST", body: new FormData(form), redirect: "manual" };
    const answer = await fetch(form.action, post).catch(() => null);
    const isAccepted = answer?.type === "opaqueredirect" || answer?.status === 404;
    const words = say(isAccepted ? "deleting" : answer ? "not_deleted" : "not_deleted_offline");
    form.querySelector("span").textContent = words;
    announce(words);
  }

  page.addEventListener("submit", (event) => {
    if (isByForm()) return;
    const form = event.target;
    if ("cheer" in form.dataset) {
      event.preventDefault();
      pressCheer(Number(form.closest(".entry").dataset.id));
    } else if ("remove" in form.dataset) {
      event.preventDefault();
      removePost(form);
    }
  });
}

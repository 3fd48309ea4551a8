/** Shows that a form waits for Bucket: its button says what is being done, and a second press does nothing. */

export function busyForms() {
  const words = new WeakMap();

  document.addEventListener("submit", (event) => {
    const { busy } = event.target.dataset;
    const button = event.submitter || event.target.querySelector("button");
    if (!busy || !button) return;
    if (event.target.ariaBusy === "true") return event.preventDefault();
    event.target.ariaBusy = "true";
    button.ariaDisabled = "true";
    words.set(button, button.textContent);
    button.textContent = busy;
  });

  /** The browser shows the page again from its memory, after Back. */
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[aria-busy]")) {
      form.ariaBusy = null;
      for (const button of form.querySelectorAll("button[aria-disabled]")) {
        button.ariaDisabled = null;
        if (words.has(button)) button.textContent = words.get(button);
      }
    }
  });
}

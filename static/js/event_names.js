/**
 * Suggests event names while one is typed, in a <datalist> filled by the server. Without this script, the form offers
 * events after it is sent.
 */

const PAUSE_MS = 150;
const PATIENCE_MS = 5_000;
const SHORTEST = 2;

function complete(field) {
  const list = document.createElement("datalist");
  list.id = `${field.id}_names`;
  field.after(list);
  field.setAttribute("list", list.id);
  let timer, request;

  field.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    const text = field.value.trim();
    if (text.length < SHORTEST || [...list.options].some((one) => one.value === text)) return;
    timer = setTimeout(() => fill(text), PAUSE_MS);
  });

  async function fill(text) {
    const { signal, abort } = (request = cancellable());
    const late = setTimeout(abort, PATIENCE_MS);
    try {
      const answer = await fetch(`${field.dataset.eventNames}?${new URLSearchParams({ q: text })}`, { signal });
      if (!answer.ok || answer.redirected) return;
      const { events } = await answer.json();
      list.replaceChildren(...events.map(option));
    } catch {
      // No suggestions.
    } finally {
      clearTimeout(late);
    }
  }
}

function cancellable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function option({ name, place }) {
  const made = new Option(place, name);
  made.value = name;
  return made;
}

for (const field of document.querySelectorAll("input[data-event-names]")) complete(field);

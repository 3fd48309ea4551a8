/**
 * Completes the name of an event while it is typed, with a <datalist> that the server fills. Without this the form
 * offers events after it is sent.
 */

const PAUSE_MS = 150;
const PATIENCE_MS = 5_000;
const SHORTEST = 2;

function complete(field) {
  const list = document.createElement("datalist");
  list.id = `${field.id}_names`;
  field.after(list);
  field.setAttribute("list", list.id);
  let waiting, asking;

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    asking?.abort();
    const text = field.value.trim();
    if (text.length < SHORTEST || [...list.options].some((option) => option.value === text)) return;
    waiting = setTimeout(() => fill(text), PAUSE_MS);
  });

  async function fill(text) {
    const { signal, abort } = (asking = cancellable());
    const late = setTimeout(abort, PATIENCE_MS);
    try {
      const answer = await fetch(`${field.dataset.eventNames}?${new URLSearchParams({ q: text })}`, { signal });
      if (!answer.ok || answer.redirected) return;
      const { events } = await answer.json();
      list.replaceChildren(...events.map(option));
    } catch {
      // Typing goes on without suggestions.
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

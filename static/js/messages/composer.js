/** The field in which a message is written: it grows with its text, keeps a draft, and says when the text is too long. */

import { lengthOf } from "../text_length.js";

const LATE = 200; // how many characters are left when their number is shown
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");

/** `submit(text)` gets a text that can be sent; `isByForm()`: whether the browser has to submit the form; `resized()`
    is called after the form has changed its height. */
export function composer(form, { draft, most, submit, isByForm, resized, say }) {
  const field = form.querySelector("textarea");
  const problem = form.querySelector("[data-problem]");
  const left = form.querySelector("[data-left]");
  const hasKeys = matchMedia("(hover: hover) and (pointer: fine)"); // on a phone, Enter begins a new line

  function count() {
    const length = lengthOf(field.value);
    const words = length > most ? say("too_many", { count: length - most }) : say("left", { count: most - length });
    left.textContent = length <= most - LATE ? "" : words;
    left.classList.toggle("conversation-over", length > most);
  }

  function grow() {
    if (GROWS_BY_ITSELF) return;
    field.style.height = "";
    field.style.height = `${field.scrollHeight + 3}px`;
  }

  function changed() {
    count();
    grow();
    draft.write(field.value);
  }

  function showProblem(words) {
    problem.textContent = words;
  }

  form.addEventListener("submit", (event) => {
    const length = lengthOf(field.value);
    if (isByForm() && length) return draft.write("");
    event.preventDefault();
    if (!length) return showProblem(say("empty_message"));
    if (length > most) return showProblem(say("long_message", { length, most }));
    const text = field.value;
    field.value = "";
    showProblem("");
    changed();
    field.focus({ preventScroll: true });
    submit(text);
  });
  field.addEventListener("input", () => {
    showProblem("");
    changed();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
    if (!event.ctrlKey && !event.metaKey && !hasKeys.matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  new ResizeObserver(resized).observe(form);
  // Unless the server or the browser has put a text into the field.
  if (!field.value) field.value = draft.read() || "";
  count();
  grow();

  return {
    /** Put the text of a message that was not sent in front of what is being written. */
    putBack(text) {
      field.value = field.value ? `${text}\n${field.value}` : text;
      changed();
      field.focus({ preventScroll: true });
    },
    showProblem,
  };
}

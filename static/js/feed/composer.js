/** Sends posts, replies and edits, and keeps their text until they are in the feed: in the field and, for reloads, in the
    browser's storage.

    A text is sent with a `ref`, an idempotency key: sending it again creates no second post. The ref also identifies
    the entry when it arrives, and the error if the post is refused. */

import { draftStore } from "../stored_texts.js";
import { lengthOf } from "../text_length.js";
import { newRef } from "./refs.js";

const MOST = 1_000;
const LATE = 800;
const ANSWER_WITHIN_MS = 8_000;

/** `keep`: the name of the draft in the storage, or "" to store none; `command(text, ref)`: the message that posts it;
    `isByForm()`: whether the browser has to submit the form. */
export function composer(form, { keep, command, send, isByForm, say }) {
  const field = form.querySelector("textarea");
  const button = form.querySelector("button[type=submit]");
  const problem = form.querySelector("[data-problem]");
  const left = form.querySelector("[data-left]");
  const refField = form.querySelector("[name=ref]");
  const stored = draftStore(keep);
  let ref = refField.value || newRef(); // a form made by the script has none
  let tried = false;
  let sent = false;
  let timer = 0;
  let isFocusDue = false; // after a click on Post, as some browsers do not focus a clicked button

  function restore() {
    const draft = stored.read();
    // Unless the server or the browser has put a different text into the field.
    if (draft && [draft.text, ""].includes(field.value)) {
      [field.value, ref] = [draft.text, draft.ref];
      [sent, tried] = [draft.sent, true];
    }
    refField.value = ref;
    count();
    if (sent) hold(say("post_waits"));
  }

  function renew() {
    [ref, tried] = [newRef(), false];
    refField.value = ref;
  }

  function remember() {
    stored.write(field.value ? { text: field.value, ref, sent } : null);
  }

  function count() {
    const length = lengthOf(field.value);
    const words = length > MOST ? say("too_many", { count: length - MOST }) : say("left", { count: MOST - length });
    left.textContent = length < LATE ? "" : words;
    left.classList.toggle("composer-over", length > MOST);
  }

  function showProblem(words) {
    problem.textContent = words;
  }

  function hold(words) {
    [field.readOnly, button.ariaDisabled] = [true, "true"];
    showProblem(words);
  }

  function release(words) {
    clearTimeout(timer);
    sent = false;
    [field.readOnly, button.ariaDisabled] = [false, null];
    showProblem(words);
    remember();
  }

  function trySending() {
    clearTimeout(timer);
    if (!send(command(field.value, ref))) {
      isFocusDue = false;
      hold(say("post_waits"));
      return;
    }
    hold("");
    timer = setTimeout(() => release(say("no_answer")), ANSWER_WITHIN_MS);
  }

  function submit(event) {
    if (isByForm() && lengthOf(field.value)) return;
    event.preventDefault();
    if (sent) return;
    const length = lengthOf(field.value);
    if (!length) return showProblem(say("empty_post"));
    if (length > MOST) return showProblem(say("long_post", { length, most: MOST }));
    [sent, tried, isFocusDue] = [true, true, true];
    remember();
    trySending();
  }

  field.addEventListener("input", () => {
    if (tried) renew(); // with the old ref the server would ignore the new text
    count();
    showProblem("");
    remember();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", submit);
  restore();

  /** The text is in the feed: clear the field. */
  function finish() {
    const hasFocus = form.contains(document.activeElement) || (isFocusDue && document.activeElement === document.body);
    renew();
    field.value = "";
    release("");
    count();
    if (hasFocus) field.focus({ preventScroll: true });
    isFocusDue = false;
  }

  return {
    finish,
    get isSent() {
      return sent;
    },

    /** Send a waiting post again, after a reconnect. */
    resume() {
      if (sent) trySending();
    },

    /** The connection is over for good: keep the text, and let the form be submitted over HTTP. */
    stop(why) {
      if (sent) release(say("not_sent", { why }));
    },

    /** Return whether the error with the ref `of` was about this post. */
    refused(of, words) {
      if (!sent || ref !== of) return false;
      release(words);
      field.focus();
      return true;
    },

    /** The post with the ref `of` is in the feed: clear the field if it was written here. Return whether it was. */
    arrived(of) {
      if (ref !== of) return false;
      finish();
      return true;
    },
  };
}

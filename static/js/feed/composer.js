/** Writing to the club. What is typed stays until it is there: in the field, and kept by the browser through reloads.

    A text that was sent has a `ref`; with the same one it may be sent again without being there twice, and by it the
    entry is known when it arrives. */

import { number } from "../words.js";

const MOST = 1_000;
const LATE = 800;
const ANSWER_WITHIN_MS = 8_000;
const NO_ANSWER = "No answer yet. Press Post to try again; it will not be there twice.";

export function composer(form, { keep, send, byForm }) {
  const field = form.querySelector("textarea");
  const button = form.querySelector("button");
  const problem = form.querySelector("[data-problem]");
  const left = form.querySelector("[data-left]");
  const refField = form.querySelector("[name=ref]");
  const kept = keeper(keep);
  let ref = refField.value;
  let tried = false;
  let sent = false;
  let timer = 0;

  function restore() {
    const draft = kept.read();
    // What the server has sent back, or the browser has kept by itself, may be another text.
    if (draft && [draft.text, ""].includes(field.value)) {
      [field.value, ref] = [draft.text, draft.ref];
      [sent, tried] = [draft.sent, true];
    }
    refField.value = ref;
    count();
    if (sent) hold("Waiting for the connection. It is sent by itself.");
  }

  function renew() {
    [ref, tried] = [newRef(), false];
    refField.value = ref;
  }

  function remember() {
    kept.write(field.value ? { text: field.value, ref, sent } : null);
  }

  function count() {
    const length = lengthOf(field.value);
    const words = length > MOST ? `${number(length - MOST)} too many` : `${number(MOST - length)} left`;
    left.textContent = length < LATE ? "" : words;
    left.classList.toggle("composer-over", length > MOST);
  }

  function say(words) {
    problem.textContent = words;
  }

  function hold(words) {
    [field.readOnly, button.ariaDisabled] = [true, "true"];
    say(words);
  }

  function release(words) {
    clearTimeout(timer);
    sent = false;
    [field.readOnly, button.ariaDisabled] = [false, null];
    say(words);
    remember();
  }

  function trySending() {
    clearTimeout(timer);
    if (!send({ type: "post.create", text: field.value, ref })) {
      hold("No connection just now. Your words are kept, and sent as soon as it is back.");
      return;
    }
    hold("");
    timer = setTimeout(() => release(NO_ANSWER), ANSWER_WITHIN_MS);
  }

  function submit(event) {
    if (byForm() && lengthOf(field.value)) return;
    event.preventDefault();
    if (sent) return;
    const length = lengthOf(field.value);
    if (!length) return say("Write something first.");
    if (length > MOST) return say(`That is ${number(length)} characters long; a post has at most ${number(MOST)}.`);
    [sent, tried] = [true, true];
    remember();
    trySending();
  }

  field.addEventListener("input", () => {
    if (tried) renew(); // other words under the same ref would be taken for those that were sent
    count();
    say("");
    remember();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", submit);
  restore();

  return {
    /** The connection is there again, and what came in meanwhile has been heard. */
    resume() {
      if (sent) trySending();
    },

    /** Over for good: what was written stays, and the form works by itself. */
    stop(why) {
      if (sent) release(`Not sent: ${why}. Your words are kept here.`);
    },

    refused(words) {
      if (!sent) return false;
      release(words);
      field.focus();
      return true;
    },

    /** The post with the ref `of` is there. Gives whether it was written here. */
    arrived(of) {
      if (ref !== of) return false;
      renew();
      field.value = "";
      release("");
      count();
      return true;
    },
  };
}

/** As the server counts: without the space around it, one empty line for several, and each character as one. */
function lengthOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").trim();
  return Array.from(lines.replace(/\n(?:[^\S\n]*\n){2,}/g, "\n\n")).length;
}

/** Texts that no other post of this author has; crypto.randomUUID is not there on plain http. */
function newRef() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A browser may refuse to keep anything. */
function keeper(name) {
  return {
    read() {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {
        return null;
      }
    },
    write(draft) {
      try {
        if (draft) localStorage.setItem(name, JSON.stringify(draft));
        else localStorage.removeItem(name);
      } catch {
        // Then it stays in the field only.
      }
    },
  };
}

/** Shows the panel of a sending: the parts for its state, how far it has got, and why it waits or has failed. */

import { runCountdown } from "../sync/countdown.js";
import { stateOf } from "../sync/run_states.js";

export function sendingPanel(panel, say) {
  const parts = Array.from(panel.querySelectorAll("[data-part]"));
  const slots = (name) => panel.querySelectorAll(`[data-slot=${name}]`);
  const countDown = runCountdown({ write: (words) => write("countdown", words), say });

  function write(name, words) {
    for (const slot of slots(name)) if (slot.textContent !== words) slot.textContent = words;
  }

  function setBusy(busy) {
    for (const button of panel.querySelectorAll("[data-command] button")) button.ariaDisabled = busy ? "true" : null;
  }

  function showError(words) {
    for (const line of slots("error")) line.hidden = !words;
    write("error", words);
  }

  return {
    /** `drift`: how far this device's clock is behind the server's, in ms. */
    show(sending, drift) {
      const isLive = ["running", "waiting"].includes(sending.state);
      const wanted = [partFor(sending), isLive ? "live" : "start"];
      const hadFocus = panel.contains(document.activeElement);
      for (const part of parts) part.hidden = !wanted.includes(part.dataset.part);
      if (hadFocus && document.activeElement.offsetParent === null) panel.focus(); // its button has gone, such as Stop
      write("says", sending.says);
      write("progress", sending.progress);
      if (sending.failure) {
        write("failure", sending.failure.message);
        write("next_step", sending.failure.next_step);
      }
      for (const bar of slots("bar")) showShare(bar, sending);
      countDown(sending, drift);
      showError("");
      setBusy(false);
    },

    /** A command is on its way to the server. */
    asked() {
      showError("");
      setBusy(true);
    },

    error(words) {
      showError(words);
      setBusy(false);
    },
  };
}

/** Return the part that shows the state. A sending of which Bucket has not kept everything has a part of its own. */
function partFor(sending) {
  const state = stateOf(sending);
  return state === "finished" && sending.missing ? "gaps" : state;
}

/** Fill the bar as far as the sending has got, or let it move if that is not known yet. */
function showShare(bar, { sent, unchanged, deleted, total }) {
  if (total) bar.value = Math.min(1, (sent + unchanged + deleted) / total);
  else bar.removeAttribute("value");
}

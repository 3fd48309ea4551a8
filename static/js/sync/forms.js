/** Sends My Strava's forms over the socket while it is connected and over HTTP otherwise, and offers to undo answers. */

import { fetchJson } from "../fetch_json.js";

export function pageForms(page, { send, panel, maybes, undo, announce, refresh, say }) {
  const chosenHere = new Set(); // activities saved or removed here, whose confirmation is under way

  function setBusy(busy) {
    const buttons = page.querySelectorAll("[data-start] button, [data-cancel] button");
    for (const button of buttons) button.ariaDisabled = busy ? "true" : null;
  }

  function sendRun(message) {
    if (!send(message)) return false;
    panel.error("");
    setBusy(true);
    return true;
  }

  function choose(verb, id) {
    chosenHere.add(id);
    return send({ type: `activity.${verb}`, strava_id: id });
  }

  /** Answer several activities at once over HTTP. Their new states arrive over the socket. */
  async function answer(verb, ids) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("answer", verb);
    for (const id of ids) body.append("strava_id", id);
    const given = await fetchJson(page.dataset.answers, { method: "POST", body, headers: { Accept: "application/json" } });
    maybes.error(given?.ok ? "" : say("failed"));
    if (!given?.ok) return;
    if (verb !== "undo") offerAll(ids, given.json.message);
    refresh();
  }

  function offerAll(ids, words) {
    undo.offer(words, () => answer("undo", ids));
    announce(words);
  }

  function offerOne({ strava_id: id, state, name }, isMaybe) {
    const words = say(state === "saved" ? "saved_one" : isMaybe ? "no_parkrun_one" : "removed_one", { name });
    if (isMaybe) undo.offer(words, () => answer("undo", [id]));
    else if (state === "dismissed") undo.offer(words, () => choose("save", id));
    else undo.close();
  }

  /** Send the form over the socket or a request. Return false to let the browser submit it. */
  function takes(form, submitter) {
    if ("start" in form.dataset) {
      const { since, until } = Object.fromEntries(new FormData(form));
      return sendRun({ type: "sync.start", since: since || null, until: until || null });
    }
    if ("cancel" in form.dataset) return sendRun({ type: "sync.cancel" });
    if ("alike" in form.dataset) {
      answer(submitter.value, new FormData(form).getAll("strava_id").map(Number));
      return true;
    }
    if (!("choice" in form.dataset)) return false;
    const [, id, verb] = form.action.match(/(\d+)\/(save|unsave)\/$/);
    return choose(verb, Number(id));
  }

  page.addEventListener("submit", (event) => {
    if (takes(event.target, event.submitter)) event.preventDefault();
  });

  return {
    setBusy,

    /** An activity was saved or unsaved, here or in another tab. */
    chosen(item) {
      const isMaybe = item.state !== "found" && maybes.answered(item.strava_id);
      const isMine = chosenHere.delete(item.strava_id);
      if (isMine) offerOne(item, isMaybe);
      if (isMaybe && maybes.next()) announce(say("next_maybe", { name: maybes.next().name }));
      else if (isMine) announce(say(item.state === "saved" ? "saved_one" : "removed_one", { name: item.name }));
    },
  };
}

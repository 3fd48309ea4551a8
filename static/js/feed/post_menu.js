/** The dialog with what a reader can do with a post: edit, delete, report, mute its author, hide and restore. One dialog
    serves all posts, so that the cards stay short. Its forms are sent over HTTP, without leaving the page. */

const WORDS_OF = {
  remove: { done: "deleting", failed: "not_deleted", offline: "not_deleted_offline" },
  report: { done: "reported", failed: "not_done", offline: "not_done_offline" },
  mute: { done: "muted", failed: "not_done", offline: "not_done_offline" },
  hide: { done: "post_hidden", failed: "not_done", offline: "not_done_offline" },
  restore: { done: "post_restored", failed: "not_done", offline: "not_done_offline" },
};
/** What is confirmed in the dialog, as the feed itself does not show it. */
const CONFIRMED = ["report", "mute"];
const EDIT_FOR_MS = 15 * 60_000;

/** `now()`: the time at the server; `edit(id)` begins to edit a post; `muted(athleteId)` hides a member's posts. */
export function postMenu(dialog, { page, state, isCaptain, path, now, edit, muted, announce, say }) {
  const { entries, isMine } = state;
  const [actions, outcome] = [dialog.querySelector("[data-actions]"), dialog.querySelector("[data-outcome]")];
  let id = 0;

  /** Which of the actions the reader may take. The server decides again. */
  function possible(entry) {
    const mine = isMine(entry);
    return {
      edit: mine && !entry.hidden && now() - Date.parse(entry.at) < EDIT_FOR_MS,
      remove: mine || isCaptain,
      report: !mine && !entry.hidden,
      mute: !mine && entry.athlete !== null,
      hide: isCaptain && !mine && !entry.hidden,
      restore: isCaptain && Boolean(entry.hidden),
    };
  }

  function open(postId) {
    id = postId;
    const entry = entries.get(id);
    const may = possible(entry);
    for (const part of actions.querySelectorAll("[data-act]")) {
      const { act } = part.dataset;
      part.hidden = !may[act];
      if (part.matches("details")) part.open = false;
      const form = part.querySelector("form") ?? (part.matches("form") ? part : null);
      if (form) form.action = act === "mute" ? `/athletes/${entry.athlete?.id}/mute/` : `${path}${id}/${act}/`;
      if (form) form.reset();
    }
    dialog.querySelector("[data-slot=author]").textContent = entry.athlete ? entry.athlete.name : say("a_member");
    for (const name of dialog.querySelectorAll("[data-slot=muted_name]")) name.textContent = entry.athlete?.name ?? "";
    show("");
    dialog.showModal();
  }

  /** Show the outcome in words, in place of the actions if it is final. */
  function show(words, { isFinal = false } = {}) {
    outcome.textContent = words;
    actions.hidden = isFinal;
  }

  /** Send the form; the feed changes when the socket says so. A redirect is no proof, as signed-out readers get one too. */
  async function submit(form, act) {
    const post = { method: "POST", body: new FormData(form), redirect: "manual" };
    const answer = await fetch(form.action, post).catch(() => null);
    const isDone = answer?.type === "opaqueredirect" || (act === "remove" && answer?.status === 404);
    const { athlete } = entries.get(id) ?? {};
    const words = say(WORDS_OF[act][isDone ? "done" : answer ? "failed" : "offline"], { name: athlete?.name ?? "" });
    announce(words);
    if (isDone && act === "mute") muted(athlete.id);
    if (isDone && !CONFIRMED.includes(act)) dialog.close();
    else show(words, { isFinal: isDone });
    if (isDone && dialog.open) dialog.querySelector("[data-close]").focus();
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-slot=more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(Number(link.closest("[data-id]").dataset.id));
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    if (event.target.closest("[data-edit]")) {
      dialog.close();
      edit(id);
    }
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target, event.target.closest("[data-act]").dataset.act);
  });

  return {
    /** Close the dialog if its post is gone. */
    refresh() {
      if (dialog.open && !entries.get(id) && !actions.hidden) dialog.close();
    },
    close: () => dialog.close(),
  };
}

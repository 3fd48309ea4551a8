/** The dialog with what a reader can do with a post: edit, delete, report, mute its author, hide and restore. One dialog
    serves all posts, so that the cards stay short. Its forms are sent over HTTP, without leaving the page. */

const EDIT_FOR_MS = 15 * 60_000;

/** `now()`: the time at the server; `edit(id)` begins to edit a post; `muted(athleteId)` hides a member's posts. */
export function postMenu(dialog, { page, state, isCaptain, path, now, edit, muted, announce, say }) {
  const { entries, isMine } = state;
  const [actions, outcome] = [dialog.querySelector("[data-actions]"), dialog.querySelector("[data-outcome]")];
  let id = 0;
  let openings = 0; // how often the dialog was opened: an answer changes it only in the opening that sent the form

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
    openings += 1;
    const entry = entries.get(id);
    const may = possible(entry);
    for (const part of actions.querySelectorAll("[data-act]")) {
      const { act } = part.dataset;
      part.hidden = !may[act];
      if (part.matches("details")) part.open = false;
      const form = part.querySelector("form") ?? (part.matches("form") ? part : null);
      if (form) address(form, act === "mute" ? `/athletes/${entry.athlete?.id}/` : `${path}${id}/`, act);
    }
    dialog.querySelector("[data-slot=author]").textContent = entry.athlete ? entry.athlete.name : say("a_member");
    for (const name of dialog.querySelectorAll("[data-slot=muted_name]")) name.textContent = entry.athlete?.name ?? "";
    show("");
    dialog.showModal();
  }

  /** Let the form lead to an action below the address `at`, whose page shows the answer. */
  function address(form, at, act) {
    form.reset();
    form.action = `${at}${act}/`;
    form.elements.next.value = at;
  }

  /** Show the outcome in words, in place of the actions if it is final. */
  function show(words, { isFinal = false } = {}) {
    outcome.textContent = words;
    actions.hidden = isFinal;
  }

  /** Send a form, whose answer says in words what has become of it. What the feed itself does not show stays to read,
      unless the reader has opened the dialog again meanwhile. */
  async function submit(form, act) {
    const { athlete } = entries.get(id) ?? {};
    const sentIn = openings;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    const said = answer?.ok ? messageIn(await answer.text()) : null;
    const isDone = Boolean(said?.matches(".message-success"));
    const words = said ? said.textContent.trim() : say(answer ? "not_done" : "not_done_offline");
    announce(words);
    if (isDone && act === "mute") muted(athlete.id);
    if (sentIn !== openings) return;
    show(words, { isFinal: isDone });
    if (isDone) dialog.querySelector("[data-close]").focus();
  }

  /** Delete the post: it goes when the socket says so. A redirect is no proof, as signed-out readers get one too. */
  async function remove(form) {
    const sentIn = openings;
    const post = { method: "POST", body: new FormData(form), redirect: "manual" };
    const answer = await fetch(form.action, post).catch(() => null);
    const isAccepted = answer?.type === "opaqueredirect" || answer?.status === 404;
    const words = say(isAccepted ? "deleting" : answer ? "not_deleted" : "not_deleted_offline");
    announce(words);
    if (sentIn !== openings) return;
    if (isAccepted) dialog.close();
    else show(words);
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
    const { act } = event.target.closest("[data-act]").dataset;
    if (act === "remove") remove(event.target);
    else submit(event.target, act);
  });

  return {
    /** Close the dialog if its post is gone. */
    refresh() {
      if (dialog.open && !entries.get(id) && !actions.hidden) dialog.close();
    },
    close: () => dialog.close(),
  };
}

/** The message that a page shows after a form, if any. */
function messageIn(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("[data-messages] .message");
}

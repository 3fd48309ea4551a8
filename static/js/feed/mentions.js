/** Completes the names of members after an `@`, in every text field of the page: the combobox pattern of WAI-ARIA, with
    the first member chosen. Arrow keys choose another, Enter or Tab takes it, and Escape closes the list. */

import { fetchJson } from "../fetch_json.js";

/** The text before the cursor, if it ends in an `@` and the beginning of a name. */
const BEGUN = /(?:^|[\s(])@([^@\n]{0,40})$/;
const SOON_MS = 120;

/** `list`: the listbox; `address`: where members are searched for; `announce`, `say`: to tell how many were found. */
export function mentions(page, { list, address, announce, say }) {
  const picked = new WeakMap(); // by field: the members taken from the list, as { id, name }
  let field = null; // the field with the open list
  let found = [];
  let chosen = 0;
  let timer = 0;
  let asked = 0; // the number of the latest search; answers to earlier ones are ignored

  function begunIn(textarea) {
    const isInText = textarea.selectionStart === textarea.selectionEnd && !textarea.readOnly;
    return isInText ? BEGUN.exec(textarea.value.slice(0, textarea.selectionStart)) : null;
  }

  async function search(textarea) {
    const begun = begunIn(textarea);
    const mine = (asked += 1);
    if (!begun) return close();
    const answer = await fetchJson(`${address}?${new URLSearchParams({ q: begun[1] })}`);
    if (mine !== asked || document.activeElement !== textarea) return;
    const members = answer?.ok ? answer.json.members : [];
    if (members.length) open(textarea, members);
    else close();
  }

  function open(textarea, members) {
    if (field !== textarea) close();
    const isNew = field === null || found.length !== members.length;
    [field, found] = [textarea, members];
    list.replaceChildren(...members.map(option));
    list.hidden = false;
    putBelow(textarea);
    const state = { role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": list.id };
    for (const [name, value] of Object.entries(state)) textarea.setAttribute(name, value);
    choose(0);
    if (isNew) announce(say("members_found", { count: members.length }));
  }

  function option({ id, name }) {
    const element = document.createElement("li");
    Object.assign(element, { id: `member-${id}`, textContent: name });
    element.setAttribute("role", "option");
    return element;
  }

  function putBelow(textarea) {
    const { left, bottom, width } = textarea.getBoundingClientRect();
    const { style } = list;
    [style.left, style.top, style.width] = [left + scrollX, bottom + scrollY, width].map((points) => `${points}px`);
  }

  function choose(place) {
    chosen = (place + found.length) % found.length;
    Array.from(list.children).forEach((element, index) => element.setAttribute("aria-selected", index === chosen));
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    if (!field) return;
    for (const name of ["role", "aria-expanded", "aria-autocomplete", "aria-controls", "aria-activedescendant"]) {
      field.removeAttribute(name);
    }
    [field, found, list.hidden] = [null, [], true];
  }

  /** Write the chosen name in place of what was typed of it. */
  function take() {
    const [textarea, member, begun] = [field, found[chosen], begunIn(field)];
    close();
    if (!begun) return;
    const from = textarea.selectionStart - begun[1].length;
    const isFollowedBySpace = /^\s/.test(textarea.value.slice(textarea.selectionStart));
    textarea.setRangeText(`${member.name}${isFollowedBySpace ? "" : " "}`, from, textarea.selectionStart, "end");
    picked.set(textarea, [...(picked.get(textarea) ?? []), member]);
    textarea.dispatchEvent(new InputEvent("input", { bubbles: true }));
    close(); // the input event has begun a search
  }

  const KEYS = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: take,
    Tab: take,
    Escape: close,
  };

  page.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea[data-mentions]")) return;
    clearTimeout(timer);
    if (begunIn(target)) timer = setTimeout(search, SOON_MS, target);
    else close();
  });
  page.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== field || event.isComposing || !Object.hasOwn(KEYS, event.key)) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      KEYS[event.key]();
    },
    { capture: true },
  );
  page.addEventListener("focusout", ({ target }) => target === field && close());
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const place = Array.from(list.children).indexOf(event.target.closest("[role=option]"));
    if (place < 0) return;
    choose(place);
    take();
  });

  return {
    /** The ids of the members who were taken from the list and are still named in the field, in the order of its text. */
    idsIn(textarea) {
      const named = (picked.get(textarea) ?? []).filter(({ name }) => textarea.value.includes(`@${name}`));
      return named.sort((one, other) => placeOf(textarea, one) - placeOf(textarea, other)).map(({ id }) => id);
    },
  };
}

function placeOf(textarea, { name }) {
  return textarea.value.indexOf(`@${name}`);
}

/** Keeps what is being written in the browser's storage, which may refuse: drafts, and messages that are not sent yet. */

/** Keeps the draft of one field, as any JSON; null for none. Without a name it keeps nothing. */
export function draftStore(name) {
  return {
    read: () => (name ? read(name) : null),
    write(draft) {
      if (!name) return;
      if (draft) write(name, draft);
      else remove(name);
    },
  };
}

/** Keeps unsent messages. Each has a key of its own, `<name>.<ref>`, because several tabs may write to the same person. */
export function unsentStore(name) {
  const keyOf = (ref) => `${name}.${ref}`;

  return {
    /** All messages, in the order in which they were written. */
    all() {
      const items = storedNames(keyOf("")).map(read).filter(Boolean);
      return items.sort((one, other) => one.at - other.at);
    },
    put: (item) => write(keyOf(item.ref), item),
    remove: (ref) => remove(keyOf(ref)),
  };
}

/** The names in the storage that begin like this. */
export function storedNames(beginning) {
  return attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(beginning))) || [];
}

function read(name) {
  return attempt(() => JSON.parse(localStorage.getItem(name)));
}

function write(name, value) {
  attempt(() => localStorage.setItem(name, JSON.stringify(value)));
}

function remove(name) {
  attempt(() => localStorage.removeItem(name));
}

function attempt(access) {
  try {
    return access();
  } catch {
    return null; // the text stays in the page only
  }
}

/** Keeps unsent messages and a draft in the browser's storage, which may refuse. */

/** Each message has a key of its own, `<name>.<ref>`, because several tabs may write messages to the same person. */
export function outboxStore(name) {
  const keyOf = (ref) => `${name}.${ref}`;

  return {
    /** All messages, in the order in which they were written. */
    all() {
      const found = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(keyOf("")))) || [];
      const items = found.map((key) => attempt(() => JSON.parse(localStorage.getItem(key)))).filter(Boolean);
      return items.sort((one, other) => one.at - other.at);
    },
    put: (item) => attempt(() => localStorage.setItem(keyOf(item.ref), JSON.stringify(item))),
    remove: (ref) => attempt(() => localStorage.removeItem(keyOf(ref))),
  };
}

/** The text in the field. */
export function draftStore(name) {
  return {
    read: () => attempt(() => localStorage.getItem(name)) || "",
    write: (text) => attempt(() => (text ? localStorage.setItem(name, text) : localStorage.removeItem(name))),
  };
}

function attempt(access) {
  try {
    return access();
  } catch {
    return null; // the text stays in the page only
  }
}

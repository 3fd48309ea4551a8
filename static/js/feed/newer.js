/** Chooses between two states of one entry; no DOM. */

/** Return the state with the higher seq. Live messages have no `cheered`, so it comes from the other state if the newer
    one has none. `old` is what the page knows, if anything; it is returned itself if `received` adds nothing. */
export function newerState(old, received) {
  if (!old) return received;
  const [later, earlier] = old.seq >= received.seq ? [old, received] : [received, old];
  if (later === old && (old.cheered !== undefined || earlier.cheered === undefined)) return old;
  const { cheered } = later.cheered === undefined ? earlier : later;
  return { ...earlier, ...later, cheered };
}

/** A ref names one command: an error that the command causes carries it, and a post that is sent twice is known by it.
    Random, because crypto.randomUUID is missing on plain http. */

export function newRef() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

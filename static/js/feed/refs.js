/** Makes random refs. A ref identifies a command: its errors carry the ref, and it is the idempotency key of a post. Not made with
    crypto.randomUUID, which is missing on plain http. */

export function newRef() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

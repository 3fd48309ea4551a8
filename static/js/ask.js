/** Requests that give up after 20 seconds and close their connection: a server that hangs must not use up the few
    connections that a browser has for a site. */

const PATIENCE_MS = 20000;

/** The answer's JSON as { ok, json }, or null if none arrives: the line may break in the middle of an answer, and a proxy
    may answer with a page of its own. `options` are those of `fetch`. */
export function ask(address, options) {
  return request(address, options || {}, async (answer) => {
    const json = await answer.json();
    return json && { ok: answer.ok, json };
  });
}

/** Whether the server has a page at this address right now. */
export async function isThere(address, options) {
  return Boolean(await request(address, Object.assign({ cache: "no-store" }, options), (answer) => answer.ok));
}

async function request(address, options, read) {
  const stop = stopper(options.signal);
  let timer = 0;
  const tooLate = new Promise((give) => (timer = setTimeout(give, PATIENCE_MS, null)));
  const answer = fetch(address, Object.assign({}, options, { signal: stop.signal })).then(read);
  const result = await Promise.race([answer.catch(() => null), tooLate]);
  clearTimeout(timer);
  stop.abort(); // also closes the connection of an answer that is not read to its end
  return result;
}

/** Televisions of 2018 have no AbortController: there a request is given up, but not closed. */
function stopper(signal) {
  if (!window.AbortController) return { signal: undefined, abort() {} };
  const stop = new AbortController();
  if (signal && signal.aborted) stop.abort();
  if (signal) signal.addEventListener("abort", () => stop.abort());
  return stop;
}

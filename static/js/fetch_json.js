/** Sends requests with a time limit of 20 seconds, and closes their connections afterwards: a server that hangs must not
    use up the few connections that a browser opens to a site. */

const TIME_LIMIT_MS = 20000;

/** Return the answer's JSON as { ok, json }, or null if the answer is incomplete or, like a proxy's page, not JSON.
    `options` are those of `fetch`. */
export function fetchJson(address, options) {
  return request(address, options || {}, async (answer) => {
    const json = await answer.json();
    return json && { ok: answer.ok, json };
  });
}

/** Return the HTML page at an address as a document, or null. An address that redirects, as to the sign-in, has no page. */
export function fetchPage(address) {
  const read = async (answer) => answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  return request(address, { cache: "no-store", redirect: "error" }, read);
}

/** Whether the server answers this address with success now. */
export async function isReachable(address, options) {
  return Boolean(await request(address, Object.assign({ cache: "no-store" }, options), (answer) => answer.ok));
}

async function request(address, options, read) {
  const stop = stopper(options.signal);
  let timer = 0;
  const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, TIME_LIMIT_MS, null)));
  const answer = fetch(address, Object.assign({}, options, { signal: stop.signal })).then(read);
  const result = await Promise.race([answer.catch(() => null), tooLate]);
  clearTimeout(timer);
  stop.abort(); // also closes the connection of a partly read answer
  return result;
}

/** An AbortController, or on televisions of 2018, which have none, a stand-in that does nothing. */
function stopper(signal) {
  if (!window.AbortController) return { signal: undefined, abort() {} };
  const stop = new AbortController();
  if (signal && signal.aborted) stop.abort();
  if (signal) signal.addEventListener("abort", () => stop.abort());
  return stop;
}

/** A question to the server, whose answer is JSON: { ok, json }, or null where none comes. A line may break in the middle
    of an answer, a browser may wait for minutes, and what stands between may answer with a page of its own. */

const PATIENCE_MS = 20000;

export function ask(address, options) {
  const tooLate = new Promise((give) => setTimeout(give, PATIENCE_MS, null));
  return Promise.race([answerTo(address, options), tooLate]);
}

async function answerTo(address, options) {
  try {
    const answer = await fetch(address, options);
    const json = await answer.json();
    return json && { ok: answer.ok, json };
  } catch (nothing) {
    return null;
  }
}

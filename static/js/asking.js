/** Requests to join a club: poll the server and show a captain's answer in the request's card. */

const EVERY_MS = 8000;
const SLOWEST_MS = 120000;
const PATIENCE_MS = 15000;

const waiting = new Map(Array.from(document.querySelectorAll("[data-asking]"), (card) => [card.dataset.asking, card]));
const address = "/start/clubs/";
let pause = EVERY_MS;
let timer = 0;

async function poll() {
  clearTimeout(timer);
  if (!waiting.size || document.hidden) return;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "error" });
    const states = new Map((await answer.json()).clubs.map((club) => [club.slug, club.state]));
    for (const [slug, card] of waiting) show(slug, card, states.get(slug) || "none");
    pause = EVERY_MS;
  } catch {
    pause = Math.min(pause * 2, SLOWEST_MS);
  }
  clearTimeout(timer);
  timer = setTimeout(poll, pause);
}

function show(slug, card, state) {
  if (state === "asking") return;
  waiting.delete(slug);
  for (const part of card.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  for (const part of document.querySelectorAll("[data-until-answered]")) part.hidden = true;
  card.classList.toggle("card-sun", state === "active");
  const shown = card.querySelector(`[data-when=${state}]`);
  card.querySelector("[data-answer]").textContent = shown.querySelector("h2, p").textContent;
}

document.addEventListener("visibilitychange", poll);
timer = setTimeout(poll, EVERY_MS);

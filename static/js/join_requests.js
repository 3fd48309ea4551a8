/** Polls the server for the answers to requests to join a club, and shows each in the request's card. */

import { fetchJson } from "./fetch_json.js";

const EVERY_MS = 8000;
const SLOWEST_MS = 120000;
const ADDRESS = "/start/clubs/";

const cards = Array.from(document.querySelectorAll("[data-join-request]"));
const waiting = new Map(cards.map((card) => [card.dataset.joinRequest, card]));
let pause = EVERY_MS;
let timer = 0;

async function poll() {
  clearTimeout(timer);
  if (!waiting.size || document.hidden) return;
  const answer = await fetchJson(ADDRESS, { redirect: "error" });
  if (answer?.ok) {
    const states = new Map(answer.json.clubs.map((club) => [club.slug, club.state]));
    for (const [slug, card] of waiting) show(slug, card, states.get(slug) || "none");
  }
  pause = answer?.ok ? EVERY_MS : Math.min(pause * 2, SLOWEST_MS);
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

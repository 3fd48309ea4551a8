/** In the settings: switches notifications on and off in this browser, and says what stands in the way. */

import { post, subscribeWith } from "./push_subscription.js";

const section = document.querySelector("[data-push]");
const [on, off] = ["on", "off"].map((name) => section.querySelector(`[data-${name}]`));
const { key, subscribe, unsubscribe } = section.dataset;
const OFFERS_ON = new Set(["off", "dismissed", "unreachable", "refused"]);

function show(state, words) {
  for (const one of section.querySelectorAll("[data-state]")) {
    one.hidden = one.dataset.state !== state;
    if (!one.hidden && words) one.textContent = words;
  }
  on.hidden = !OFFERS_ON.has(state);
  off.hidden = state !== "on";
}

/** What stands in the way in this browser, or null. */
function obstacle() {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return isAppleMobile() ? "home-screen" : "unsupported";
  }
  return Notification.permission === "denied" ? "blocked" : null;
}

/** An iPad says that it is a Mac, but a Mac has no touch screen. */
function isAppleMobile() {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}

async function worker() {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  return navigator.serviceWorker.ready;
}

async function switchOn() {
  show("asking");
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return show(permission === "denied" ? "blocked" : "dismissed");
  show("working");
  try {
    const subscription = await subscribeWith(await worker(), key);
    const answer = await post(subscribe, subscription.toJSON());
    if (!answer.ok) return await refused(answer, subscription);
  } catch {
    return show("unreachable");
  }
  show("on");
  off.focus();
  return refreshDevices();
}

/** The site says why it cannot use this browser's subscription. */
async function refused(answer, subscription) {
  await subscription.unsubscribe();
  const { message } = await answer.json();
  show("refused", message);
}

async function switchOff() {
  show("working");
  try {
    const registration = await worker();
    const subscription = await registration.pushManager.getSubscription();
    if (subscription) {
      await post(unsubscribe, { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
  } catch {
    return show("unreachable");
  }
  show("off");
  on.focus();
  return refreshDevices();
}

/** The list of devices comes from the server. What is typed in the form meanwhile stays. */
async function refreshDevices() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-push-devices]");
  if (fresh) document.querySelector("[data-push-devices]").replaceWith(fresh);
}

/** Notifications are on if this browser has a subscription that the person switched on in this session. */
async function begin() {
  const standsInTheWay = obstacle();
  if (standsInTheWay) return show(standsInTheWay);
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  const isOn = subscription && Notification.permission === "granted" && "subscribed" in section.dataset;
  return show(isOn ? "on" : "off");
}

on.addEventListener("click", switchOn);
off.addEventListener("click", switchOff);
begin();

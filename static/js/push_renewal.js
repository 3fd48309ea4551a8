/** Sends this browser's subscription to notifications again: browsers replace it, and the site may have another key. */

import { post, subscribeWith } from "./push_subscription.js";

const SENT = "push-sent";

/** Once in a tab, on the first page of a person who has switched notifications on in this browser. */
export async function renewSubscription() {
  const key = document.documentElement.dataset.pushKey;
  if (!key || !("PushManager" in window) || Notification.permission !== "granted") return;
  if (sessionStorage.getItem(SENT)) return;
  const registration = await navigator.serviceWorker.ready;
  const subscription = await subscribeWith(registration, key);
  const answer = await post("/notifications/subscriptions/", { ...subscription.toJSON(), renew: true });
  if (!answer.ok) return;
  sessionStorage.setItem(SENT, "yes");
  const { subscribed } = await answer.json();
  if (!subscribed) await subscription.unsubscribe(); // the person has removed this browser, in another one
}

/** This browser's subscription to notifications: made with the site's key, and sent to the site. */

/** Return this browser's subscription. Subscribe if it has none, or one that was made with another key. */
export async function subscribeWith(registration, key) {
  const found = await registration.pushManager.getSubscription();
  if (found && keyOf(found) === key) return found;
  if (found) await found.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** The key with which a subscription was made, as the site writes it: base64url. Some browsers do not say. */
function keyOf(subscription) {
  const { applicationServerKey } = subscription.options ?? {};
  if (!applicationServerKey) return "";
  const letters = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Post to the site as a form of this page does. */
export function post(address, values) {
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/json",
    "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value,
  };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(values) });
}

/** On every page: dismisses messages, closes open menus, switches the theme, fills in the device's time zone,
 *  registers the service worker, and renews this browser's subscription to notifications. */

import { deviceZone } from "./time_zones.js";
import { renewSubscription } from "./push_renewal.js";
import { registerWorker } from "./register_worker.js";
import { themeSwitch } from "./theme.js";

for (const message of document.querySelectorAll("[data-messages] > li")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-dismiss";
  button.setAttribute("aria-label", message.parentElement.dataset.dismiss);
  button.textContent = "×";
  button.addEventListener("click", () => {
    message.remove();
    document.getElementById("main").focus();
  });
  message.append(button);
}

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

for (const fieldset of document.querySelectorAll("[data-theme-switch]")) themeSwitch(fieldset);

for (const field of document.querySelectorAll("input[type=hidden][name=time_zone]")) field.value = deviceZone();

const offer = document.querySelector("[data-zone-offer]");
if (offer && !["", "UTC"].includes(deviceZone())) {
  for (const name of offer.querySelectorAll("[data-zone-name]")) name.textContent = deviceZone().replaceAll("_", " ");
  offer.hidden = false;
}

registerWorker();
renewSubscription().catch(() => {
  // The browser or its push service refuses, or there is no connection. The next tab tries again.
});

/** Offers this device's time zone if the profile has a different one. */

import { deviceZone } from "./time_zones.js";

const field = document.querySelector("input[name=time_zone]");
const hint = document.querySelector("[data-zone-hint]");
const known = new Set(Array.from(document.querySelectorAll("#time-zones option"), (option) => option.value));

function refresh() {
  hint.hidden = deviceZone() === "UTC" || !known.has(deviceZone()) || field.value === deviceZone();
}

hint.querySelector("[data-zone-name]").textContent = deviceZone();
hint.querySelector("button").addEventListener("click", () => {
  field.value = deviceZone();
  refresh();
  field.focus();
});
field.addEventListener("input", refresh);
refresh();

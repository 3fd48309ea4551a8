/** A new account starts in the time zone of the device it was made on. */

import { deviceZone } from "./device_zone.js";

for (const field of document.querySelectorAll("input[type=hidden][name=time_zone]")) field.value = deviceZone();

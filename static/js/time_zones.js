/** Tells this device's time zone, and whether the browser knows another one. */

/** This device's time zone, such as Europe/London, or "" if the browser does not know it. */
export function deviceZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

/** The zone, or undefined (the device's own) if the browser does not know it. */
export function supportedZone(zone) {
  try {
    Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone;
  } catch (unknown) {
    return undefined;
  }
}

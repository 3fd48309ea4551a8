/** The time zone this device is set to, such as Europe/London, or nothing when it does not tell. */

export function deviceZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

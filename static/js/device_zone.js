/** This device's time zone, such as Europe/London, or "" if the browser does not know it. */

export function deviceZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

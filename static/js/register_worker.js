/** Registers the service worker, which shows the offline page and receives push messages. */

export function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  // After everything that the page itself needs.
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {
      // The browser forbids it, as in some private windows, or there is no connection. The site works without.
    });
  });
}

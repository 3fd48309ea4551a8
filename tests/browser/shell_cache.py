"""What the service worker has stored in a browser, and the push messages that a test delivers to it."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.browser.club_site import ClubSite, eventually

STORED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname, search } = new URL(request.url);
      found[`${name} ${pathname}${search}`] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""
COUNT_SHOWN = """() => {
  const show = registration.showNotification;
  self.shown = 0;
  registration.showNotification = async (...notification) => {
    await show.apply(registration, notification);
    self.shown += 1;
  };
}"""
IS_READY = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"


def installed(browser: Browser, club: ClubSite, member: int = 0, **options: Any) -> BrowserContext:
    """Return a context of a member with a service worker that has stored its shell."""
    context = club.context(browser, member, service_workers="allow", **options)
    page = context.new_page()
    page.goto(f"{club.site.url}/privacy/")
    page.evaluate(IS_READY)
    page.close()
    return context


def stored_by(page: Page) -> dict[str, str]:
    """Return the text of everything in the caches, by the name of the cache and the URL."""
    found: dict[str, str] = page.evaluate(STORED)
    return found


def cache_names(page: Page) -> list[str]:
    found: list[str] = page.evaluate("caches.keys()")
    return found


class Deliverer:
    """Delivers push messages to the worker of a page, as a push service does."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.worker = page.context.service_workers[0]
        self.worker.evaluate(COUNT_SHOWN)
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.origin = origin
        self.registrations: list[str] = []
        self.session.on("ServiceWorker.workerRegistrationUpdated", self.note)
        self.session.send("ServiceWorker.enable")

    def note(self, event: dict[str, Any]) -> None:
        self.registrations += [one["registrationId"] for one in event["registrations"] if not one["isDeleted"]]

    def deliver(self, text: str) -> None:
        message = {"origin": self.origin, "registrationId": self.registrations[-1], "data": text}
        self.session.send("ServiceWorker.deliverPushMessage", message)

    def show(self, text: str) -> None:
        """Deliver a message, and wait until the worker has shown it.

        Only then may a test read the notifications: Chromium forgets one if they are read while it is being shown.
        """
        before = self.worker.evaluate("self.shown")
        self.deliver(text)
        eventually(lambda: self.worker.evaluate("self.shown") > before, self.page)

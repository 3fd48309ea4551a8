"""The control API: tests add browsers and faults over HTTP, and read which messages were sent."""

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.control import UnknownError, Verb, batch, control_call
from simulators.faults import ordered_fault
from simulators.http import Request, Response, Router, html_response, redirect
from simulators.push.browser import Browser
from simulators.push.control_page import NOTICE, control_page
from simulators.push.faults import ENDPOINTS, KINDS
from simulators.push.site import Sent, Site
from simulators.values import Values

PATH = "/_control"


class Control:
    """All control calls, each a method from Values to JSON."""

    def __init__(self, site: Site, connections: Callable[[], int]) -> None:
        self._site, self._connections = site, connections
        self._reads: dict[str, Verb] = {
            "stats": self.stats,
            "messages": self.messages,
            "browsers": self.browsers,
            "faults": self.faults,
        }
        self._writes: dict[str, Verb] = {
            "browsers": self.add_browser,
            "browsers/unsubscribe": self.unsubscribe,
            "faults": self.add_fault,
            "faults/clear": self.clear_faults,
            "messages/clear": self.clear_messages,
            "clear": self.clear,
            "batch": self.batch,
        }

    def routes(self, router: Router) -> None:
        for path in ("/", PATH):
            router.add("GET", path, self._to_page)
        router.add("GET", f"{PATH}/", self._page)
        for name, verb in self._reads.items():
            router.add("GET", f"{PATH}/{name}", control_call(verb, control_page=f"{PATH}/", notice=NOTICE))
        for name, verb in self._writes.items():
            router.add("POST", f"{PATH}/{name}", control_call(verb, control_page=f"{PATH}/", notice=NOTICE))

    async def _to_page(self, _request: Request) -> Response:
        return redirect(f"{PATH}/")

    async def _page(self, _request: Request) -> Response:
        return html_response(control_page(self._site))

    def batch(self, values: Values) -> list[Any]:
        return batch(self._writes, values)

    def stats(self, _values: Values) -> dict[str, Any]:
        """Return all counts."""
        site = self._site
        return {
            "messages": len(site.messages),
            "statuses": dict(site.statuses),
            "browsers": len(site.browsers),
            "open_connections": self._connections(),
        }

    def messages(self, values: Values) -> list[dict[str, Any]]:
        """Return the messages to one `token`, or all, oldest first."""
        token = values.text("token") if "token" in values else None
        return [_described(one) for one in self._site.messages if token in (None, one.token)]

    def clear_messages(self, _values: Values) -> dict[str, Any]:
        """Forget all messages and counts. Browsers and faults stay."""
        self._site.messages.clear()
        self._site.statuses.clear()
        return {}

    def browsers(self, _values: Values) -> list[dict[str, Any]]:
        return [_subscription(one) for one in self._site.browsers.values()]

    def add_browser(self, values: Values) -> dict[str, Any]:
        """Subscribe a browser, for the site with the public key `site_key`, or for every site."""
        return _subscription(self._site.add_browser(values.text("site_key", "")))

    def unsubscribe(self, values: Values) -> dict[str, Any]:
        token = values.text("token")
        if token not in self._site.browsers:
            raise UnknownError(f"there is no browser {token}")
        self._site.browsers[token].gone = True
        return {}

    def faults(self, _values: Values) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._site.faults.active()]

    def add_fault(self, values: Values) -> dict[str, Any]:
        """Switch on a fault, for all messages or for those to one `token`."""
        whose = values.text("token") if "token" in values else None
        fault = ordered_fault(values, kinds=KINDS, endpoints=ENDPOINTS, whose=whose, now=self._site.clock())
        return {"id": self._site.faults.add(fault)}

    def clear_faults(self, values: Values) -> dict[str, Any]:
        self._site.faults.clear(values.integer("id") if "id" in values else None)
        return {"faults": len(self._site.faults.active())}

    def clear(self, _values: Values) -> dict[str, Any]:
        """Forget messages, browsers, counts and faults."""
        self._site.clear()
        return {}


def _subscription(browser: Browser) -> dict[str, Any]:
    """Return a browser's subscription, with the path of its endpoint."""
    return {"token": browser.token, "path": f"/push/{browser.token}", "keys": browser.keys, "gone": browser.gone}


def _described(sent: Sent) -> dict[str, Any]:
    return asdict(sent) | {"body": base64.b64encode(sent.body).decode()}

"""The control API: tests add browsers and faults over HTTP, and read which messages were sent."""

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.control import UnknownError, Verb, add_control_calls, batch
from simulators.fault_control import FaultControl
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
        faults = FaultControl(site.faults, kinds=KINDS, endpoints=ENDPOINTS, whose=token_in)
        self._reads: dict[str, Verb] = {
            "stats": self.stats,
            "messages": self.messages,
            "browsers": self.browsers,
            **faults.reads(),
        }
        self._writes: dict[str, Verb] = {
            "browsers": self.add_browser,
            "browsers/unsubscribe": self.unsubscribe,
            "messages/clear": self.clear_messages,
            "clear": self.clear,
            "batch": self.batch,
            **faults.writes(),
        }

    def routes(self, router: Router) -> None:
        for path in ("/", PATH):
            router.add("GET", path, self._to_page)
        router.add("GET", f"{PATH}/", self._page)
        add_control_calls(router, self._reads, self._writes, path=PATH, notice=NOTICE)

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
            "messages": len(site.received.messages),
            "statuses": dict(site.received.statuses),
            "browsers": len(site.browsers),
            "open_connections": self._connections(),
        }

    def messages(self, values: Values) -> list[dict[str, Any]]:
        """Return the messages to one `token`, or all, oldest first."""
        token = token_in(values)
        return [_described(one) for one in self._site.received.messages if token in (None, one.token)]

    def clear_messages(self, _values: Values) -> dict[str, Any]:
        """Forget all messages and counts. Browsers and faults stay."""
        self._site.clear_messages()
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

    def clear(self, _values: Values) -> dict[str, Any]:
        """Forget messages, browsers, counts and faults."""
        self._site.clear()
        return {}


def token_in(values: Values) -> str | None:
    """Return the token of the browser that a call is about; None for all browsers."""
    return values.text("token") if "token" in values else None


def _subscription(browser: Browser) -> dict[str, Any]:
    """Return a browser's subscription, with the path of its endpoint."""
    return {"token": browser.token, "path": f"/push/{browser.token}", "keys": browser.keys, "gone": browser.gone}


def _described(sent: Sent) -> dict[str, Any]:
    return asdict(sent) | {"body": base64.b64encode(sent.body).decode()}

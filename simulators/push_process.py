"""Start the stand-in for push services as a process, and control it over HTTP: browsers, faults, what was sent.

    with PushStandIn() as service:
        browser = service.add_browser()                    # a subscription, as a browser sends it to the site
        service.messages(browser["token"])                 # what was sent to it, decrypted
        service.fault("rate_limited", retry_after="120")   # for all messages, or for one token=

In tests the fixture `push_service` is such a process, without browsers, messages and faults (tests/conftest.py).
"""

from typing import Any
from urllib.parse import urlsplit

from simulators.started import Record, StandInProcess


class PushStandIn(StandInProcess):
    """A running stand-in for push services on a free port. Use it in a `with` block, or call `stop()`."""

    module = "simulators.push"
    control = "/_control"

    @property
    def host(self) -> str:
        """The host with its port, as the site's setting PUSH_EXTRA_HOSTS needs it."""
        return urlsplit(self.url).netloc

    def add_browser(self, site_key: str = "") -> Record:
        """Subscribe a browser. Return its `token`, and `endpoint` and `keys`, as the browser sends them to the site."""
        return self._with_endpoint(self._post("browsers", site_key=site_key))

    def add_browsers(self, number: int) -> list[Record]:
        return [self._with_endpoint(one) for one in self.batch([("browsers", {})] * number)]

    def unsubscribe(self, token: str) -> None:
        """Let a browser unsubscribe. Messages to it are answered with 410 from now on."""
        self._post("browsers/unsubscribe", token=token)

    def messages(self, token: str | None = None) -> list[Record]:
        """Return the messages to a browser, or all, oldest first: `status`, `headers`, `text`, `body`, `claims`."""
        return self._get_many("messages", **({} if token is None else {"token": token}))

    def stats(self) -> Record:
        """Return counts: `messages`, `statuses` of the answers, `browsers`, `open_connections`."""
        return self._get("stats")

    def fault(self, kind: str, **how: Any) -> int:
        """Switch on a fault, and return its id for `clear_fault`.

        `kind` is one of simulators.push.faults.KINDS. `how` has fields of simulators.faults.Fault, such as `calls`.
        With `token`, the fault affects only messages to this browser.
        """
        return int(self._post("faults", kind=kind, **how)["id"])

    def faults(self) -> list[Record]:
        """Return the faults that are switched on. `met` of each says how many messages it has affected."""
        return self._get_many("faults")

    def clear_fault(self, fault_id: int) -> None:
        self._post("faults/clear", id=fault_id)

    def clear_faults(self) -> None:
        self._post("faults/clear")

    def clear_messages(self) -> None:
        """Forget messages and counts. Browsers and faults stay."""
        self._post("messages/clear")

    def clear(self) -> None:
        """Forget messages, browsers, counts and faults."""
        self._post("clear")

    def _with_endpoint(self, browser: Record) -> Record:
        return browser | {"endpoint": f"{self.url}{browser['path']}"}

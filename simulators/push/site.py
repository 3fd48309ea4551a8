"""The state of the stand-in for push services: browsers, the messages that were sent, and faults."""

import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulators.faults import FaultBook
from simulators.push.browser import Browser
from simulators.push.faults import ENDPOINTS

MOST_MESSAGES = 20_000
"""How many messages are stored. The oldest is dropped for another one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request with a message, and how it was answered."""

    number: int
    at: float
    token: str
    """The last part of the path."""
    status: int
    why: str
    """Why it was refused, or why its browser cannot read it. "" if neither."""
    headers: dict[str, str]
    body: bytes
    text: str | None
    """The decrypted message. None if it was refused, or if no browser of the stand-in can read it."""
    claims: dict[str, Any]
    """What the site's token says."""


@dataclass(frozen=True, slots=True)
class Received:
    """The messages, and how many were answered with each status."""

    messages: deque[Sent] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))
    statuses: Counter[str] = field(default_factory=Counter)

    def store(self, sent: Sent) -> None:
        self.messages.append(sent)
        self.statuses[str(sent.status)] += 1


@dataclass
class Site:
    """The whole state."""

    clock: Callable[[], float] = time.time
    browsers: dict[str, Browser] = field(default_factory=dict)
    received: Received = field(default_factory=Received)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.faults = FaultBook(self.clock, frozenset(ENDPOINTS))

    def add_browser(self, site_key: str = "") -> Browser:
        browser = Browser(site_key=site_key)
        self.browsers[browser.token] = browser
        return browser

    def clear_messages(self) -> None:
        """Forget messages and counts.

        A message that a fault is holding is forgotten, too: PushService stores it in the old `received`.
        """
        self.received = Received()

    def clear(self) -> None:
        """Forget messages, browsers, counts and faults."""
        self.faults.clear()
        self.clear_messages()
        self.browsers.clear()

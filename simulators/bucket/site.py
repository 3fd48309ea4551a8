"""The state of the stand-in for Bucket: what is stored, tokens, limit, faults and counts."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from simulators.bucket.clients import Clients
from simulators.bucket.faults import API_ENDPOINTS
from simulators.bucket.limits import Limit
from simulators.bucket.settings import Settings
from simulators.bucket.store import Store
from simulators.bucket.tokens import TokenBook
from simulators.faults import FaultBook


@dataclass
class Site:
    """The whole state. `calls` and `statuses` count the calls of each endpoint and their answers."""

    settings: Settings
    clients: Clients
    new_limit: Callable[[], Limit]
    clock: Callable[[], float] = time.time
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._first_settings = replace(self.settings)
        self.store = Store(self.clock)
        self.tokens = TokenBook(self.settings, self.clock)
        self.limit = self.new_limit()
        self.faults = FaultBook(self.clock, frozenset(API_ENDPOINTS))

    def reset(self) -> None:
        """Remove all faults, and restore limit and settings. Stored data, tokens and counts stay."""
        self.faults.clear()
        self.limit = self.new_limit()
        self.settings.change(asdict(self._first_settings))

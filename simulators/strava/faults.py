"""Faults that can be switched on: wrong, late and missing answers, of some or all endpoints, for a time."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "unauthorized",  # 401, as for an expired token
    "inactive",  # 403 Application / Status / Inactive
    "not_found",  # 404
    "rate_limited",  # 429, whatever the usage is
    "server_error",  # `status`, by default 500
    "html",  # `status`, by default 502, with an HTML page of a proxy
    "empty",  # `status`, by default 404, without a body
    "latency",  # waits `ms` before it handles the call
    "hold",  # handles the call once the fault is switched off
    "drip",  # sends one activity of a list every `ms`
    "pause",  # stops a list after `items` activities until the fault is switched off
    "truncate",  # cuts the body off after `bytes`
    "drop",  # closes the connection before it handles the call
    "lose",  # handles the call, then closes the connection
]
KINDS: tuple[Kind, ...] = get_args(Kind)

ENDPOINTS = (
    "authorize",
    "exchange",
    "refresh",
    "revoke",
    "deauthorize",
    "athlete",
    "activities",
    "activity",
    "streams",
    "push_subscriptions",
    "clubs",
)
EVERYWHERE = "*"
"""All endpoints."""
API = "api"
"""All endpoints except those of OAuth."""


@dataclass(slots=True)
class Fault:
    """One fault, which lasts until it has met `calls` calls, until a time, or until it is switched off."""

    kind: Kind
    endpoint: str = EVERYWHERE
    calls: int | None = None
    """How many more calls it affects; None for all."""
    until: float | None = None
    skip: int = 0
    """How many calls pass before it begins."""
    athlete_id: int | None = None
    """The only athlete whose calls it affects; None for all."""
    ms: float = 0
    bytes: int = 0
    items: int = 0
    status: int = 0
    retry_after: str = ""
    """The Retry-After header, for kinds that set a status."""
    id: int = 0
    met: int = 0
    """How many calls it has affected."""

    def concerns(self, endpoint: str, athlete_id: int | None) -> bool:
        everywhere = self.endpoint == EVERYWHERE or (self.endpoint == API and endpoint in ENDPOINTS[5:])
        whose = self.athlete_id is None or self.athlete_id == athlete_id
        return whose and (everywhere or self.endpoint == endpoint)


@dataclass(slots=True)
class Effects:
    """What all faults that are switched on do to one call."""

    latency_s: float = 0
    held_by: Fault | None = None
    drip_s: float = 0
    paused_by: list[Fault] = field(default_factory=list)
    cut_after: int | None = None
    drop: bool = False
    lose: bool = False
    answer: Fault | None = None


@dataclass(slots=True)
class FaultBook:
    """The faults that are switched on."""

    clock: Callable[[], float]
    _faults: list[Fault] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def add(self, fault: Fault) -> int:
        fault.id = next(self._ids)
        self._faults.append(fault)
        return fault.id

    def clear(self, fault_id: int | None = None) -> None:
        self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]

    def active(self) -> list[Fault]:
        now = self.clock()
        self._faults = [one for one in self._faults if one.calls != 0 and (one.until is None or one.until > now)]
        return self._faults

    def is_on(self, fault: Fault) -> bool:
        return any(one is fault for one in self.active())

    def effects(self, endpoint: str, athlete_id: int | None) -> Effects:
        """Return what the faults do to this call, and count the call for faults that end after a number of calls."""
        effects = Effects()
        for fault in self.active():
            if not fault.concerns(endpoint, athlete_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.calls is not None:
                fault.calls -= 1
            fault.met += 1
            _apply(fault, effects)
        return effects


def _apply(fault: Fault, effects: Effects) -> None:
    match fault.kind:
        case "latency":
            effects.latency_s += fault.ms / 1000
        case "hold":
            effects.held_by = fault
        case "drip":
            effects.drip_s = fault.ms / 1000
        case "pause":
            effects.paused_by.append(fault)
        case "truncate":
            effects.cut_after = fault.bytes
        case "drop":
            effects.drop = True
        case "lose":
            effects.lose = True
        case _:
            effects.answer = effects.answer or fault

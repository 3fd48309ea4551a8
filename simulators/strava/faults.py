"""Faults on demand: what goes wrong, at which endpoint, and for how long."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "unauthorized",  # 401, as for a token that is no longer good
    "inactive",  # 403 Application / Status / Inactive
    "not_found",  # 404
    "rate_limited",  # 429 whatever the usage
    "server_error",  # `status`, 500 unless told
    "html",  # 502 with a page of the network in front, or `status`
    "empty",  # 404 without a body, or `status`
    "latency",  # `ms` before anything is done
    "hold",  # nothing is done until the fault is switched off
    "drip",  # one activity of a list each `ms`
    "pause",  # a list stops after `items` activities until the fault is switched off
    "truncate",  # the body ends after `bytes`
    "drop",  # the connection breaks before anything is done
    "lose",  # everything is done, and then the connection breaks
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
API = "api"
"""All of the API, nothing of OAuth."""


@dataclass(slots=True)
class Fault:
    """One fault. Without calls and seconds it stays until it is switched off; skip lets so many calls pass first."""

    kind: Kind
    endpoint: str = EVERYWHERE
    calls: int | None = None
    until: float | None = None
    skip: int = 0
    athlete_id: int | None = None
    ms: float = 0
    bytes: int = 0
    items: int = 0
    status: int = 0
    retry_after: str = ""
    """The answer's Retry-After, where it has a status of its own."""
    id: int = 0
    met: int = 0

    def concerns(self, endpoint: str, athlete_id: int | None) -> bool:
        everywhere = self.endpoint == EVERYWHERE or (self.endpoint == API and endpoint in ENDPOINTS[5:])
        whose = self.athlete_id is None or self.athlete_id == athlete_id
        return whose and (everywhere or self.endpoint == endpoint)


@dataclass(slots=True)
class Effects:
    """What the faults do to one call."""

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
    """The faults that are on."""

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
        """What happens to this call; it uses the faults up that are for a number of calls."""
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

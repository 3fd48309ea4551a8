"""Faults that can be switched on: wrong, late and missing answers, of some or all endpoints, for a time.

A stand-in names its own kinds of wrong answers besides `SHARED_KINDS`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from simulators.http import HangUpError, Response
from simulators.values import BadValueError, Values

SHARED_KINDS = (
    "latency",  # waits `ms` before it handles the call
    "hold",  # handles the call once the fault is switched off
    "drip",  # sends one item of a list every `ms`
    "pause",  # stops a list after `items` until the fault is switched off
    "truncate",  # cuts the body off after `bytes`
    "drop",  # closes the connection before it handles the call
    "lose",  # handles the call, then closes the connection
)
EVERYWHERE = "*"
"""All endpoints."""
API = "api"
"""All endpoints except those of OAuth."""
HOLD_LOOK_S = 0.01
"""How often a call that waits for the end of a fault checks whether the fault is switched off."""


@dataclass(slots=True)
class Fault:
    """One fault, which lasts until it has affected `calls` calls, until a time, or until it is switched off."""

    kind: str
    endpoint: str = EVERYWHERE
    calls: int | None = None
    """How many more calls it affects; None for all."""
    until: float | None = None
    skip: int = 0
    """How many calls pass before it begins."""
    whose: int | str | None = None
    """The id of the only athlete or person whose calls it affects; None for all."""
    ms: float = 0
    bytes: int = 0
    items: int = 0
    status: int = 0
    retry_after: str = ""
    """The Retry-After header, for kinds that set a status."""
    id: int = 0
    met: int = 0
    """How many calls it has affected."""


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
    api: frozenset[str]
    """The endpoints that `API` stands for."""
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

    def effects(self, endpoint: str, whose: int | str | None) -> Effects:
        """Return what the faults do to this call, and count the call for faults that end after a number of calls."""
        effects = Effects()
        for fault in self.active():
            if fault.whose not in (None, whose) or not self._concerns(fault, endpoint):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.calls is not None:
                fault.calls -= 1
            fault.met += 1
            _apply(fault, effects)
        return effects

    async def meet(self, endpoint: str, whose: int | str | None) -> Effects:
        """Wait or hang up as the faults say. Return what they do to the answer."""
        effects = self.effects(endpoint, whose)
        if effects.latency_s:
            await asyncio.sleep(effects.latency_s)
        if effects.held_by:
            await self._until_switched_off(effects.held_by)
        if effects.drop:
            raise HangUpError
        return effects

    def spoil(self, effects: Effects, response: Response) -> Response:
        """Lose, shorten or slow down an answer as the faults say."""
        if effects.lose:
            raise HangUpError
        response.cut_after = effects.cut_after
        if (effects.drip_s or effects.paused_by) and isinstance(response.body, list):
            response.body = self._item_by_item(effects, response.body)
        return response

    async def _item_by_item(self, effects: Effects, pieces: list[bytes]) -> AsyncIterator[bytes]:
        for number, piece in enumerate(pieces):
            for fault in effects.paused_by:
                if number == fault.items:
                    await self._until_switched_off(fault)
            yield piece
            await asyncio.sleep(effects.drip_s)

    async def _until_switched_off(self, fault: Fault) -> None:
        while self.is_on(fault):  # noqa: ASYNC110 - many calls may wait for one fault
            await asyncio.sleep(HOLD_LOOK_S)

    def _concerns(self, fault: Fault, endpoint: str) -> bool:
        return fault.endpoint in (EVERYWHERE, endpoint) or (fault.endpoint == API and endpoint in self.api)


def ordered_fault(
    values: Values, *, kinds: tuple[str, ...], endpoints: tuple[str, ...], whose: int | str | None, now: float
) -> Fault:
    """Return the fault that a control call asks for. Raise BadValueError if its kind or endpoint is unknown."""
    kind, endpoint = values.text("kind"), values.text("endpoint", EVERYWHERE)
    if endpoint not in (EVERYWHERE, API, *endpoints):
        raise BadValueError(f"endpoint must be one of {', '.join((EVERYWHERE, API, *endpoints))}")
    if kind not in kinds:
        raise BadValueError(f"kind must be one of {', '.join(kinds)}")
    return Fault(
        kind=kind,
        endpoint=endpoint,
        calls=values.integer("calls") if "calls" in values else None,
        until=now + values.number("seconds") if "seconds" in values else None,
        skip=values.integer("skip", 0),
        whose=whose,
        ms=values.number("ms", 0),
        bytes=values.integer("bytes", 0),
        items=values.integer("items", 0),
        status=values.integer("status", 0),
        retry_after=values.text("retry_after", ""),
    )


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

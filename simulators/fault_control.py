"""Control calls that switch faults on and off, and list those that are on. All stand-ins have them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.control import Verb
from simulators.faults import FaultBook, ordered_fault
from simulators.values import Values


class FaultControl:
    """Control calls about faults, each a method that takes Values and returns JSON.

    `whose` returns the id of the only athlete or person whose calls a new fault affects; None for all.
    """

    def __init__(
        self,
        faults: FaultBook,
        *,
        kinds: tuple[str, ...],
        endpoints: tuple[str, ...],
        whose: Callable[[Values], int | str | None],
    ) -> None:
        self._faults, self._kinds, self._endpoints, self._whose = faults, kinds, endpoints, whose

    def reads(self) -> dict[str, Verb]:
        return {"faults": self.faults}

    def writes(self) -> dict[str, Verb]:
        return {"faults": self.add_fault, "faults/clear": self.clear_faults}

    def faults(self, _values: Values) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults.active()]

    def add_fault(self, values: Values) -> dict[str, Any]:
        fault = ordered_fault(
            values, kinds=self._kinds, endpoints=self._endpoints, whose=self._whose(values), now=self._faults.clock()
        )
        return {"id": self._faults.add(fault)}

    def clear_faults(self, values: Values) -> dict[str, Any]:
        """Switch off the fault with this `id`, or all. Return how many are still on."""
        self._faults.clear(values.integer("id") if "id" in values else None)
        return {"faults": len(self._faults.active())}

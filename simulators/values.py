"""The values that a control call gets: as JSON from programs, or as a form from the control page."""

import json
import math
from typing import Any, TypeVar

from simulators.http import Request

Choice = TypeVar("Choice", bound=str)


class BadValueError(ValueError):
    """A value of a control call is missing or invalid."""


class RefusedError(Exception):
    """A control call cannot be done in the present state. The message says why."""


class Values:
    """The values of one control call, with one method for each type. An empty field of a form counts as missing."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value != ""}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self) -> dict[str, Any]:
        return dict(self._values)

    def integer(self, name: str, default: int | None = None) -> int:
        return int(self.number(name, default))

    def number(self, name: str, default: float | None = None) -> float:
        value = self._values.get(name, default)
        try:
            number = float(value) if isinstance(value, str) else value + 0  # type: ignore[operator] # None raises
        except (TypeError, ValueError):
            raise BadValueError(f"{name} must be a number, not {value!r}") from None
        if not math.isfinite(number):
            raise BadValueError(f"{name} must be a number, not {value!r}")
        return number

    def within(self, name: str, default: float, *, lowest: float = 0, highest: float) -> float:
        value = self.number(name, default)
        if not lowest <= value <= highest:
            raise BadValueError(f"{name} must be a number from {lowest} to {highest}, not {value!r}")
        return value

    def whole(self, name: str, default: int, *, lowest: int = 0, highest: int) -> int:
        value = self.within(name, default, lowest=lowest, highest=highest)
        if value != int(value):
            raise BadValueError(f"{name} must be a whole number, not {value!r}")
        return int(value)

    def one_of(self, name: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
        value = self._values.get(name, default)
        for choice in choices:
            if value == choice:
                return choice
        raise BadValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise BadValueError(f"{name} must be a text, not {value!r}")
        return value

    def true(self, name: str, *, default: bool = False) -> bool:
        return self._values.get(name, default) in (True, "true", "on", "1", 1)

    def pair(self, name: str, default: tuple[int, int]) -> tuple[int, int]:
        value = self._values.get(name, default)
        parts = value.split(",") if isinstance(value, str) else value
        try:
            short, day = parts
            return int(short), int(day)
        except (TypeError, ValueError):
            raise BadValueError(f"{name} must be two numbers, not {value!r}") from None

    def positions(self, name: str) -> list[int]:
        return [int(item) for item in self._list(name)]

    def ranges(self, name: str) -> list[tuple[int, int]]:
        return [(int(low), int(high)) for low, high in self._list(name)]

    def pairs(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return pairs of a name and an object."""
        try:
            return [(str(first), dict(second)) for first, second in self._list(name)]
        except (TypeError, ValueError):
            raise BadValueError(f"{name} must be a list of pairs, each a name and an object") from None

    def _list(self, name: str) -> list[Any]:
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise BadValueError(f"{name} must be a list, not {value!r}")
        return value


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def values_of(request: Request) -> Values:
    """Read the values of a control call, from the query of a GET, or the form or JSON of a POST."""
    if request.method == "GET":
        return Values(dict(request.query))
    if is_form(request):
        return Values({name: given[0] for name, given in request.form().items()})
    try:
        values = json.loads(request.body or b"{}")
    except ValueError:
        raise BadValueError("the body is neither a form nor JSON") from None
    if not isinstance(values, dict):
        raise BadValueError("the body must be a JSON object")
    return Values(values)

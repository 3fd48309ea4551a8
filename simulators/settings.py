"""Change settings while a stand-in runs: the fields of a dataclass, whose values are checked against their types."""

import math
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin


class BadSettingError(ValueError):
    """An unknown setting, or an invalid value."""


class ChangeableSettings:
    """The base of a dataclass of settings."""

    __slots__ = ()

    def change(self, values: dict[str, Any]) -> None:
        """Change the given settings. If one of them is invalid, raise BadSettingError and change none.

        Numbers and booleans may be texts, as a form has them.
        """
        kinds = {item.name: item.type for item in fields(self)}  # type: ignore[arg-type] # subclasses are dataclasses
        read = {name: _read(name, value, kinds.get(name)) for name, value in values.items()}
        for name, value in read.items():
            setattr(self, name, value)


def _read(name: str, value: object, kind: Any) -> object:
    """Return a setting's value as its type."""
    if isinstance(value, str) and kind in (bool, int, float):
        value = _from_form(value, kind)
    if get_origin(kind) is Literal:
        fits = value in get_args(kind)
    elif kind in (int, float):
        allowed = (int, float) if kind is float else int
        fits = isinstance(value, allowed) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    else:
        fits = type(value) is kind
    if not fits:
        raise BadSettingError(f"{name} cannot be {value!r}")
    return value


def _from_form(text: str, kind: type) -> object:
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    try:
        return kind(text)
    except ValueError:
        return text

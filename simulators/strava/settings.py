"""The settings of the stand-in, which can be changed while it runs."""

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_origin


class BadSettingError(ValueError):
    """An unknown setting, or an invalid value."""


@dataclass(slots=True)
class Settings:
    """The settings of the only application that may use the stand-in."""

    client_id: str = "stand-in"
    client_secret: str = "stand-in-secret"
    callback_domain: str = ""
    """The domain to which the consent page may redirect, besides localhost and 127.0.0.1."""
    token_life_s: float = 21_600
    """How long an access token is valid."""
    rotation: Literal["always", "never"] = "always"
    """Whether a refresh replaces the refresh token."""
    round_coordinates: bool = True
    """Whether coordinates have two decimals for tokens without the scope activity:read_all."""
    athlete_cap: int = 0
    """How many athletes may connect; 0 for any number."""
    not_found_ms: float = 0
    """For how long after an upload GET /activities/{id} answers 404, as Strava's may."""
    listed_at_once: bool = True
    """Whether the list shows an activity for which GET /activities/{id} still answers 404."""

    def change(self, values: dict[str, Any]) -> None:
        """Change the given settings. If one of them is invalid, raise BadSettingError and change none.

        Numbers and booleans may be texts, as a form has them.
        """
        kinds = {item.name: item.type for item in fields(self)}
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

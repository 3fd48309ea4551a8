"""The settings of the stand-in, which can be changed while it runs."""

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

    def change(self, values: dict[str, Any]) -> None:
        """Change the given settings. If one of them is invalid, raise BadSettingError and change none."""
        kinds = {item.name: item.type for item in fields(self)}
        for name, value in values.items():
            if name not in kinds or not _fits(value, kinds[name]):
                raise BadSettingError(f"{name} cannot be {value!r}")
        for name, value in values.items():
            setattr(self, name, value)


def _fits(value: object, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is kind

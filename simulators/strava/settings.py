"""The settings of the stand-in, which can be changed while it runs."""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_origin


class BadSettingError(ValueError):
    """An unknown setting, or an invalid value."""


@dataclass(slots=True)
class Settings:
    """client_id, client_secret: of the only application. callback_domain: allowed besides localhost and 127.0.0.1.

    token_life_s: lifetime of an access token. rotation: whether a refresh replaces the refresh token.
    round_coordinates: two decimals for tokens without activity:read_all. athlete_cap: 0 for none.
    """

    client_id: str = "stand-in"
    client_secret: str = "stand-in-secret"
    callback_domain: str = ""
    token_life_s: float = 21_600
    rotation: Literal["always", "never"] = "always"
    round_coordinates: bool = True
    athlete_cap: int = 0

    def change(self, values: dict[str, Any]) -> None:
        """Change the given settings, or none if one of them is invalid."""
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

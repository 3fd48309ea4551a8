"""The settings of the stand-in, which can be changed while it runs."""

from dataclasses import dataclass
from typing import Literal

from simulators.settings import ChangeableSettings


@dataclass(slots=True)
class Settings(ChangeableSettings):
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
    """For how long after an upload GET /activities/{id} answers 404, as it may at Strava."""
    listed_at_once: bool = True
    """Whether the list shows an activity for which GET /activities/{id} still answers 404."""

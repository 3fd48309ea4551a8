"""The settings of the stand-in for Bucket, which can be changed while it runs. The defaults behave like Bucket."""

from dataclasses import dataclass
from typing import Literal

from simulators.settings import ChangeableSettings


@dataclass(slots=True)
class Settings(ChangeableSettings):
    """How long tokens are valid, and the quirks."""

    token_life_s: float = 8_640_000
    """How long an access token is valid: 2400 hours."""
    refresh_life_s: float = 259_200_000
    """How long a refresh token is valid: 72000 hours."""
    code_life_s: float = 8_640_000
    rotation: Literal["always", "never"] = "always"
    """Whether a refresh replaces the refresh token."""
    drop_description: bool = True
    """Whether a new Thing loses its description. A change of the Thing stores it."""
    dimensions: Literal["reversed", "plain"] = "reversed"
    """The order of dimensions when a single Property is read or written. Values must be written in this order, but are
    always read in the order of the type's definition."""
    lose_first_claims: bool = True
    """Whether /userinfo leaves out the claims of the scope that is first in the granted list."""
    body_limit: int = 102_400
    """The longest JSON of a request, in bytes."""

"""Whoever can give an access token that is good now, and a better one when Strava says that it was not."""

from typing import Protocol


class Bearer(Protocol):
    """The access token of one athlete, kept fresh by somebody."""

    async def token(self) -> str:
        """A token that should be good for the next call. Raises `ReconnectNeeded` when there is none to be had."""

    async def refused(self, token: str, /) -> None:
        """Strava has answered 401 to `token`: the next `token()` must be another. Raises `ReconnectNeeded`."""

"""Whoever can give an access token that is good now, and a better one when Strava says that it was not."""

from typing import Protocol

from strava_live.strava.errors import ReconnectNeeded


class Bearer(Protocol):
    """The access token of one athlete, kept fresh by somebody."""

    async def token(self) -> str:
        """A token that should be good for the next call. Raises `ReconnectNeeded` when there is none to be had."""

    async def refused(self, token: str, /) -> None:
        """Strava has answered 401 to `token`: the next `token()` must be another. Raises `ReconnectNeeded`."""


class OneToken:
    """A token that nobody can renew, as there is during a sign-in."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    async def refused(self, _token: str, /) -> None:
        raise ReconnectNeeded("the token was refused and there is no other")

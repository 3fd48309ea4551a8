"""A token source with one fixed token."""

from strava_live.strava.errors import ReconnectNeeded


class OneToken:
    """A token that cannot be refreshed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    async def refused(self, _token: str, /) -> None:
        raise ReconnectNeeded("the token was refused and there is no other")

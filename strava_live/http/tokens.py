"""Access tokens of people at a service: where a client gets them, and what it does when one is refused."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from strava_live.http.fields import count, instant

T = TypeVar("T")

DEFAULT_LIFETIME = timedelta(hours=1)
"""The assumed lifetime of tokens that come without one. (With 0, every use would refresh them.)"""


class TokenSource(Protocol):
    """Gives access tokens of one person and replaces them when the service refuses one."""

    async def token(self) -> str:
        """Return a token that is probably valid.

        If there is none, raise the client's error for a person who must reconnect, such as Strava's `ReconnectNeeded`.
        """

    async def refused(self, token: str, /) -> None:
        """Note that the service refused `token`, so that the next `token()` returns a different one.

        Raise the same error as `token()` if there is no other.
        """


async def call_with_token(call: Callable[[str], Awaitable[T]], tokens: TokenSource, *, refusal: type[Exception]) -> T:
    """Return what `call` returns for an access token. If it raises `refusal`, call it again, once, with a new token."""
    token = await tokens.token()
    try:
        return await call(token)
    except refusal:
        await tokens.refused(token)
    return await call(await tokens.token())


def expiry(data: Mapping[str, Any], *, now: datetime) -> datetime:
    """Return when the access token in a service's token response expires.

    `expires_in` is preferred to `expires_at`, because it is right even if the clock of this machine is wrong.
    """
    if seconds := count(data.get("expires_in")):
        return now + timedelta(seconds=seconds)
    return instant(data.get("expires_at")) or now + DEFAULT_LIFETIME

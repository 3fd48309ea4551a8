"""A refused token is replaced once, and the end of a token is always known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from strava_live.http.tokens import DEFAULT_LIFETIME, call_with_token, expiry

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Refused(Exception):
    pass


class NoneLeft(Exception):
    pass


class Numbered:
    """Tokens "1", "2" and so on. The last one is not replaced."""

    def __init__(self, last: int) -> None:
        self.current, self.last = 1, last

    async def token(self) -> str:
        return str(self.current)

    async def refused(self, token: str, /) -> None:
        assert token == str(self.current)
        if self.current == self.last:
            raise NoneLeft
        self.current += 1


async def test_accepted_token_is_used_once() -> None:
    used: list[str] = []

    async def call(token: str) -> int:
        used.append(token)
        return 7

    assert await call_with_token(call, Numbered(last=3), refusal=Refused) == 7
    assert used == ["1"]


async def test_refused_token_is_replaced_once() -> None:
    used: list[str] = []

    async def call(token: str) -> None:
        used.append(token)
        raise Refused

    with pytest.raises(Refused):
        await call_with_token(call, Numbered(last=3), refusal=Refused)
    assert used == ["1", "2"]


async def test_source_without_another_token_has_the_last_word() -> None:
    async def call(token: str) -> None:
        raise Refused

    with pytest.raises(NoneLeft):
        await call_with_token(call, Numbered(last=1), refusal=Refused)


async def test_other_errors_replace_no_token() -> None:
    tokens = Numbered(last=3)

    async def call(token: str) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await call_with_token(call, tokens, refusal=Refused)
    assert tokens.current == 1


@pytest.mark.parametrize(
    ("data", "end"),
    [
        ({"expires_in": 60, "expires_at": 1}, NOW + timedelta(minutes=1)),
        ({"expires_at": 1795770000}, datetime.fromtimestamp(1795770000, UTC)),
        ({}, NOW + DEFAULT_LIFETIME),
        ({"expires_in": 0}, NOW + DEFAULT_LIFETIME),
        ({"expires_in": "soon", "expires_at": "later"}, NOW + DEFAULT_LIFETIME),
    ],
)
def test_end_of_a_token(data: dict[str, Any], end: datetime) -> None:
    assert expiry(data, now=NOW) == end

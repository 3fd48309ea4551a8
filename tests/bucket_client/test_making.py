"""Something is made once: after a lost answer it is looked for before it is made again."""

import pytest

from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketDown,
    BucketError,
    BucketGarbled,
    BucketRateLimited,
    BucketTypeUnknown,
)
from strava_live.bucket_client.making import make_once
from strava_live.bucket_client.request_pace import rate_limited
from tests.strava.client_settings import AT_ONCE


class Store:
    """Something that can be made. `errors` are those of the next attempts; None is an attempt that succeeds."""

    def __init__(self, *errors: BucketError | None, arrives: bool = False) -> None:
        self.errors, self.arrives = list(errors), arrives
        self.made = self.looks = self.attempts = 0

    async def make(self) -> int:
        self.attempts += 1
        error = self.errors.pop(0) if self.errors else None
        if error is None or self.arrives:
            self.made += 1
        if error is not None:
            raise error
        return self.made

    async def find(self) -> int | None:
        self.looks += 1
        return self.made or None


@pytest.mark.parametrize("error", [BucketDown("lost"), BucketGarbled("a page"), BucketAnswerNotUnderstood("strange")])
async def test_what_was_made_although_its_answer_was_lost_is_found(error: BucketError) -> None:
    store = Store(error, arrives=True)
    assert await make_once(store.make, store.find, retry=AT_ONCE) == 1
    assert (store.attempts, store.looks) == (1, 1)


async def test_what_was_not_made_is_made_after_a_look() -> None:
    store = Store(BucketDown("refused"), BucketDown("refused"))
    assert await make_once(store.make, store.find, retry=AT_ONCE) == 1
    assert (store.attempts, store.looks) == (3, 2)


async def test_attempts_are_limited_and_the_last_one_is_looked_for_too() -> None:
    store = Store(*(BucketDown("refused") for _ in range(9)))
    with pytest.raises(BucketDown):
        await make_once(store.make, store.find, retry=AT_ONCE)
    assert (store.attempts, store.looks) == (AT_ONCE.attempts, AT_ONCE.attempts)


async def test_answer_that_is_not_understood_is_not_repeated() -> None:
    store = Store(BucketAnswerNotUnderstood("strange"))
    with pytest.raises(BucketAnswerNotUnderstood):
        await make_once(store.make, store.find, retry=AT_ONCE)
    assert (store.attempts, store.looks) == (1, 1)


async def test_clear_refusal_needs_no_look() -> None:
    store = Store(BucketTypeUnknown("500 EntityNotFound"))
    with pytest.raises(BucketTypeUnknown):
        await make_once(store.make, store.find, retry=AT_ONCE)
    assert (store.attempts, store.looks) == (1, 0)


async def test_rate_limit_is_waited_for_without_a_look() -> None:
    store = Store(rate_limited(0.01))
    assert await make_once(store.make, store.find, retry=AT_ONCE) == 1
    assert (store.attempts, store.looks) == (2, 0)
    with pytest.raises(BucketRateLimited):
        await make_once(Store(rate_limited(60)).make, store.find, retry=AT_ONCE)

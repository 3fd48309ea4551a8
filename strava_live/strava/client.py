"""The calls this site makes to Strava, each asking the budget for room and telling it what the answer said.

    strava = Strava(oauth_url=…, api_url=…, client_id=…, client_secret=…, budget=budget)
    grant = await strava.exchange(code)
    async with aclosing(strava.activities(bearer, lane=Lane.PERSON)) as walk:
        async for activity in walk:
            …

Everything raises `StravaError`s and nothing else. One instance serves every event loop and athlete of a process.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from strava_live.strava.bearer import Bearer
from strava_live.strava.budget import Budget, NotBefore
from strava_live.strava.errors import Garbled, RateLimited, StravaDown, TokenRefused, UnexpectedAnswer
from strava_live.strava.faults import About, error_for, retry_after
from strava_live.strava.limits import Kind, Lane
from strava_live.strava.payloads import (
    Activity,
    Athlete,
    Grant,
    Subscription,
    Tokens,
    read_activity,
    read_athlete,
    read_grant,
    read_subscription,
    read_tokens,
)
from strava_live.strava.retry import RETRIED, Retry
from strava_live.strava.transport import Reply, Request, Timeouts, opened
from strava_live.strava.walk import Walk

STAGGER_S = 0.0, 4.0
"""After a wait that Strava asked for, so that many callers do not return together."""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Garbled("the answer is not JSON") from error


def _nothing(body: bytes) -> None:
    """Of an answer whose status says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strava:
    """Strava, as one application sees it."""

    oauth_url: str
    api_url: str
    client_id: str
    client_secret: str = field(repr=False)
    budget: Budget
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    # Signing in and out: counted by the budget and never held back.

    async def exchange(self, code: str) -> Grant:
        """The tokens and the athlete for the code that a consent brought back. A code works once."""
        form = {"grant_type": "authorization_code", "code": code}
        return read_grant(await self._token(form), now=self.now())

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for the refresh token, which may be dead from now on: keep what this gives before using it.

        A lost answer is asked for again, and if it had gone through, the old token is dead and this raises
        `ReconnectNeeded`. In all it takes no longer than `timeouts.whole`.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return read_tokens(await self._token(form), now=self.now())

    async def revoke(self, token: str) -> None:
        """Kill a pair of tokens by either of them. Strava says yes also when they are dead already, so a refusal
        means that it was not done."""
        request = Request("POST", f"{self.oauth_url}/revoke", form={"token": token}, basic=self._credentials)
        await self._call(request, lane=Lane.PERSON, kind=Kind.SIGN_IN, read=_nothing)

    async def _token(self, form: Mapping[str, str]) -> Any:
        client = {"client_id": self.client_id, "client_secret": self.client_secret}
        request = Request("POST", f"{self.oauth_url}/token", form={**client, **form})
        return await self._call(request, lane=Lane.PERSON, kind=Kind.SIGN_IN)

    # An athlete's data.

    async def athlete(self, bearer: Bearer) -> Athlete:
        """Whoever `bearer` stands for. Part of signing in, so it is never held back."""
        request = Request("GET", f"{self.api_url}/athlete")
        return read_athlete(await self._call_as(bearer, request, lane=Lane.PERSON, kind=Kind.SIGN_IN))

    async def activity(self, bearer: Bearer, strava_id: int, *, lane: Lane) -> Activity:
        """One activity; `Gone` when it was deleted, is hidden from this token, or is too new to be there yet."""
        request = Request("GET", f"{self.api_url}/activities/{strava_id:d}")
        return read_activity(await self._call_as(bearer, request, lane=lane))

    def activities(
        self, bearer: Bearer, *, lane: Lane, before: datetime | None = None, after: datetime | None = None
    ) -> Walk:
        """Every activity that started from `after` up to `before`, newest first, each as its bytes arrive."""
        return Walk(self._page, bearer, retry=self.retry, lane=lane, before=before, after=after)

    @asynccontextmanager
    async def _page(self, query: Mapping[str, str], *, token: str, lane: Lane) -> AsyncGenerator[Reply]:
        """One page of activities, still on the wire."""
        request = Request("GET", f"{self.api_url}/athlete/activities", query=query, bearer=token)
        async with self._opened(request, lane=lane) as reply:
            yield reply

    # The application's one webhook subscription.

    async def subscriptions(self) -> list[Subscription]:
        """The one there is, or none."""
        request = Request("GET", self._subscriptions_url, query=self._client_fields)
        found = await self._call(request, lane=Lane.PERSON)
        if not isinstance(found, list):
            raise UnexpectedAnswer("subscriptions that are no list")
        return [read_subscription(one) for one in found]

    async def subscribe(self, *, callback_url: str, verify_token: str) -> Subscription:
        """Strava calls `callback_url` before it answers. A complaint of Strava is raised as `UnexpectedAnswer`."""
        form = {**self._client_fields, "callback_url": callback_url, "verify_token": verify_token}
        request = Request("POST", self._subscriptions_url, form=form)
        return read_subscription(await self._call(request, lane=Lane.PERSON))

    async def unsubscribe(self, subscription_id: int) -> None:
        request = Request("DELETE", f"{self._subscriptions_url}/{subscription_id:d}", query=self._client_fields)
        await self._call(request, lane=Lane.PERSON, read=_nothing)

    @property
    def _subscriptions_url(self) -> str:
        return f"{self.api_url}/push_subscriptions"

    @property
    def _credentials(self) -> tuple[str, str]:
        return self.client_id, self.client_secret

    @property
    def _client_fields(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    # How every call is made.

    async def _call_as(self, bearer: Bearer, request: Request, *, lane: Lane, kind: Kind = Kind.READ) -> Any:
        """As `_call`, with the bearer's token, and once more with a fresh one if that is refused."""
        token = await bearer.token()
        try:
            return await self._call(request.carrying(token), lane=lane, kind=kind)
        except TokenRefused:
            await bearer.refused(token)
        return await self._call(request.carrying(await bearer.token()), lane=lane, kind=kind)

    async def _call(
        self, request: Request, *, lane: Lane, kind: Kind = Kind.READ, read: Callable[[bytes], Any] = _json
    ) -> Any:
        """What `read` makes of the answer, tried as often as helps, within the time for one request in all."""
        failures = 0
        try:
            async with asyncio.timeout(self.timeouts.whole) as limit:
                while True:
                    try:
                        async with self._opened(request, lane=lane, kind=kind) as reply:
                            return read(await reply.body())
                    except RETRIED as error:
                        failures += 1
                        pause = self.retry.pause(failures, at_least=error.retry_after)
                        if pause is None or asyncio.get_running_loop().time() + pause > (limit.when() or 0.0):
                            raise
                        await asyncio.sleep(pause)
        except TimeoutError as error:
            raise StravaDown("Strava took too long") from error

    @asynccontextmanager
    async def _opened(self, request: Request, *, lane: Lane, kind: Kind = Kind.READ) -> AsyncGenerator[Reply]:
        """One attempt: room in the budget, a connection, a success, and a body still to be read."""
        go = await self.budget.ask(lane, kind=kind)
        if isinstance(go, NotBefore):
            raise RateLimited(go.at)
        async with opened(request, timeouts=self.timeouts) as reply:
            closed = await self.budget.learn(go, headers=reply.headers, status=reply.status)
            if closed is not None:
                raise RateLimited(self._not_before(closed, reply), by_strava=True)
            if not 200 <= reply.status < 300:
                raise error_for(reply.status, reply.headers, await _complaint(reply), about=self._about(request))
            yield reply

    def _not_before(self, closed: NotBefore, reply: Reply) -> datetime:
        """Wait for the window to turn, and for as long as Strava asks where that is longer."""
        asked = retry_after(reply.headers)
        stagger = random.uniform(*STAGGER_S)  # noqa: S311 - no secret
        return max(closed.at, self.now() + timedelta(seconds=asked + stagger)) if asked else closed.at

    def _about(self, request: Request) -> About:
        if request.url.startswith(self.oauth_url):
            return About.SIGNING_IN
        return About.ONE_ACTIVITY if request.url.startswith(f"{self.api_url}/activities/") else About.ANYTHING_ELSE


async def _complaint(reply: Reply) -> bytes:
    """The body of a refusal; the status says enough when it breaks off."""
    try:
        return await reply.body()
    except RETRIED:
        return b""

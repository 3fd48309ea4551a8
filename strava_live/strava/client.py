"""The client for Strava. Each call is counted in the application's budget.

    strava = Strava(oauth_url=…, api_url=…, client_id=…, client_secret=…, budget=budget)
    grant = await strava.exchange(code)
    async with aclosing(strava.activities(token_source, lane=Lane.PERSON)) as walk:
        async for activity in walk:
            …

Every method raises only subclasses of `StravaError`. One instance serves all athletes and event loops of a process.
"""

import random
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from strava_live.http.errors import BodyTooLong, NotJson, RequestFailed
from strava_live.http.fields import read_json
from strava_live.http.retry import Retry, call_with_retries, retry_after
from strava_live.http.tokens import TokenSource, call_with_token
from strava_live.http.transport import Request, Response, Timeouts, body_if_complete, send
from strava_live.strava.budget import Budget, NotBefore
from strava_live.strava.errors import Garbled, RateLimited, StravaDown, TokenRefused, UnexpectedAnswer
from strava_live.strava.faults import Endpoint, error_for
from strava_live.strava.limits import CallKind, Lane
from strava_live.strava.page_cursor import PER_PAGE
from strava_live.strava.payloads import (
    Athlete,
    Grant,
    StravaActivity,
    Subscription,
    Tokens,
    read_activity,
    read_athlete,
    read_grant,
    read_subscription,
    read_tokens,
)
from strava_live.strava.walk import Walk

EXTRA_WAIT_S = 0.0, 4.0
"""The least and the most random seconds that are added to a wait that Strava asks for. So callers that wait for the
same time do not all call at once afterwards."""


def ignore_body(body: bytes) -> None:
    """Ignore the body, for calls of which only the status matters."""


@contextmanager
def as_strava_errors() -> Iterator[None]:
    """Turn errors of `strava_live.http` in the block into errors of this package."""
    try:
        yield
    except RequestFailed as error:
        raise StravaDown(str(error)) from error
    except (BodyTooLong, NotJson) as error:
        raise Garbled(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Strava:
    """Strava's API for one application, which its client id and secret identify."""

    oauth_url: str
    api_url: str
    client_id: str
    client_secret: str = field(repr=False)
    budget: Budget
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    # Sign-in and sign-out: counted in the budget, but never delayed by it.

    async def exchange(self, code: str) -> Grant:
        """Return the tokens and the athlete for the code of a sign-in. Each code works once."""
        form = {"grant_type": "authorization_code", "code": code}
        return read_grant(await self.post_for_tokens(form), now=self.now())

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return new tokens. Store them before using them: the old refresh token may be invalid from now on.

        The request is repeated if its answer is lost. If Strava has carried out the first request, it may refuse the
        old token in the second; then `ReconnectNeeded` is raised. All attempts together take at most `timeouts.total`.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return read_tokens(await self.post_for_tokens(form), now=self.now())

    async def revoke(self, token: str) -> None:
        """Revoke an access or refresh token. Strava then ends all tokens of its athlete.

        Strava answers 200 also for tokens that are already invalid, so the call can be repeated after an error.
        """
        credentials = self.client_id, self.client_secret
        request = Request("POST", f"{self.oauth_url}/revoke", form={"token": token}, basic=credentials)
        await self.call(request, lane=Lane.PERSON, kind=CallKind.SIGN_IN, read=ignore_body)

    async def post_for_tokens(self, form: Mapping[str, str]) -> Any:
        request = Request("POST", f"{self.oauth_url}/token", form={**self.client_fields, **form})
        return await self.call(request, lane=Lane.PERSON, kind=CallKind.SIGN_IN)

    # An athlete's data.

    async def athlete(self, tokens: TokenSource) -> Athlete:
        """Return the athlete to whom the tokens belong. Part of signing in, so the budget never delays it."""
        request = Request("GET", f"{self.api_url}/athlete")
        return read_athlete(await self.call_for_athlete(tokens, request, lane=Lane.PERSON, kind=CallKind.SIGN_IN))

    async def activity(self, tokens: TokenSource, strava_id: int, *, lane: Lane) -> StravaActivity:
        """Return one activity. Raise `Gone` if it was deleted, is hidden from this token, or is not processed yet."""
        request = Request("GET", f"{self.api_url}/activities/{strava_id:d}")
        return read_activity(await self.call_for_athlete(tokens, request, lane=lane))

    async def newest_activities(self, tokens: TokenSource, *, lane: Lane) -> list[StravaActivity]:
        """Return up to 200 of the athlete's activities, newest first, in one call. Leave out unreadable ones."""
        request = Request("GET", f"{self.api_url}/athlete/activities", query={"per_page": str(PER_PAGE)})
        listed = await self.call_for_athlete(tokens, request, lane=lane)
        if not isinstance(listed, list):
            raise UnexpectedAnswer("the activities are not a list")
        return list(readable_activities(listed))

    def activities(
        self,
        tokens: TokenSource,
        *,
        lane: Lane,
        before: datetime | None = None,
        after: datetime | None = None,
        few: bool = False,
    ) -> Walk:
        """Iterate over the activities that started from `after` up to `before`, newest first, as their bytes arrive.

        `few` says that all activities between `after` and `before` fit on one page.
        """
        return Walk(self.activities_page, tokens, retry=self.retry, lane=lane, before=before, after=after, few=few)

    @asynccontextmanager
    async def activities_page(self, query: Mapping[str, str], *, token: str, lane: Lane) -> AsyncGenerator[Response]:
        """Request one page of activities and give the response while its body is still arriving."""
        request = Request("GET", f"{self.api_url}/athlete/activities", query=query, bearer=token)
        async with self.attempt(request, lane=lane) as response:
            yield response

    # The application's webhook subscription. Strava allows one.

    async def subscriptions(self) -> list[Subscription]:
        request = Request("GET", self.subscriptions_url, query=self.client_fields)
        found = await self.call(request, lane=Lane.PERSON)
        if not isinstance(found, list):
            raise UnexpectedAnswer("the subscriptions are not a list")
        return [read_subscription(one) for one in found]

    async def subscribe(self, *, callback_url: str, verify_token: str) -> Subscription:
        """Create the subscription. Before it answers, Strava sends a request to `callback_url`.

        Raise `NotSubscribed` if Strava refuses the subscription, for example because that request failed.
        """
        form = {**self.client_fields, "callback_url": callback_url, "verify_token": verify_token}
        request = Request("POST", self.subscriptions_url, form=form)
        return read_subscription(await self.call(request, lane=Lane.PERSON))

    async def unsubscribe(self, subscription_id: int) -> None:
        request = Request("DELETE", f"{self.subscriptions_url}/{subscription_id:d}", query=self.client_fields)
        await self.call(request, lane=Lane.PERSON, read=ignore_body)

    @property
    def subscriptions_url(self) -> str:
        return f"{self.api_url}/push_subscriptions"

    @property
    def client_fields(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    # How every call is made.

    async def call_for_athlete(
        self, tokens: TokenSource, request: Request, *, lane: Lane, kind: CallKind = CallKind.READ
    ) -> Any:
        """Call with the athlete's token, and once more with a new token if Strava refuses the first."""

        async def call(token: str) -> Any:
            return await self.call(request.with_bearer(token), lane=lane, kind=kind)

        return await call_with_token(call, tokens, refusal=TokenRefused)

    async def call(
        self, request: Request, *, lane: Lane, kind: CallKind = CallKind.READ, read: Callable[[bytes], Any] = read_json
    ) -> Any:
        """Send the request, with retries, and return what `read` returns for the body.

        All attempts together take at most `timeouts.total`.
        """

        async def send_once() -> Any:
            async with self.attempt(request, lane=lane, kind=kind) as response:
                return read(await response.body())

        with as_strava_errors():
            return await call_with_retries(send_once, retry=self.retry, within_s=self.timeouts.total)

    @asynccontextmanager
    async def attempt(
        self, request: Request, *, lane: Lane, kind: CallKind = CallKind.READ
    ) -> AsyncGenerator[Response]:
        """Send the request once, if the budget allows it, and give a successful response with its body unread."""
        permit = await self.budget.acquire(lane, kind=kind)
        if isinstance(permit, NotBefore):
            raise RateLimited(permit.at)
        with as_strava_errors():
            async with send(request, timeouts=self.timeouts) as response:
                closed = await self.budget.record_response(permit, headers=response.headers, status=response.status)
                if closed is not None:
                    raise RateLimited(self.not_before(closed, response), by_strava=True)
                if not 200 <= response.status < 300:
                    body = await body_if_complete(response)
                    raise error_for(response.status, response.headers, body, endpoint=self.endpoint(request))
                yield response

    def not_before(self, closed: NotBefore, response: Response) -> datetime:
        """Return when calls may continue: after the rate-limit window, and after the wait that Strava asks for."""
        asked = retry_after(response.headers)
        extra = random.uniform(*EXTRA_WAIT_S)  # noqa: S311 - no secret
        return max(closed.at, self.now() + timedelta(seconds=asked + extra)) if asked else closed.at

    def endpoint(self, request: Request) -> Endpoint:
        if request.url.startswith(self.oauth_url):
            return Endpoint.OAUTH
        return Endpoint.ACTIVITY if request.url.startswith(f"{self.api_url}/activities/") else Endpoint.OTHER


def readable_activities(listed: list[Any]) -> Iterator[StravaActivity]:
    for item in listed:
        with suppress(UnexpectedAnswer):
            yield read_activity(item)

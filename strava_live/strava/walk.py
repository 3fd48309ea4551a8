"""Iterate over an athlete's activities, newest first, from as many pages of Strava's API as it takes.

A walk yields each activity as soon as its bytes have arrived. It goes on by itself after a refused token or a broken
connection.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from strava_live.http.errors import TemporaryError
from strava_live.http.retry import Retry
from strava_live.http.tokens import TokenSource
from strava_live.http.transport import Response
from strava_live.strava.errors import RateLimited, TokenRefused, UnexpectedAnswer
from strava_live.strava.fields import positive_id
from strava_live.strava.limits import Lane
from strava_live.strava.page_cursor import PageCursor
from strava_live.strava.payloads import StravaActivity, read_activity
from strava_live.strava.stream import ArrayParser


class OpenPage(Protocol):
    """A function that requests one page of activities, and gives the response while its body arrives."""

    def __call__(
        self, query: Mapping[str, str], *, token: str, lane: Lane
    ) -> AbstractAsyncContextManager[Response]: ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item of a page that could not be read."""

    strava_id: int | None
    reason: str


class Walk:
    """An async iterator over activities, newest first. If you leave the loop early, close it (`contextlib.aclosing`).

    After an exception such as `RateLimited`, iterate again to continue. To continue in another process, store `reached`
    together with the activities, and start a walk with `before=reached` there.
    """

    def __init__(
        self,
        open_page: OpenPage,
        tokens: TokenSource,
        *,
        retry: Retry,
        lane: Lane,
        before: datetime | None = None,
        after: datetime | None = None,
        few: bool = False,
    ) -> None:
        self.lane = lane
        """The priority of the next call in the budget. May be changed during the walk."""
        self.found = 0
        """Activities that were yielded."""
        self.pages = 0
        """Pages that were read completely."""
        self.requests = 0
        """Requests that were sent, including those that failed."""
        self.skipped: list[Skipped] = []
        self.asked_at: datetime | None = None
        """When the page that is being read was requested. Later changes of its activities may be missing on it."""
        self.open_page = open_page
        self.tokens = tokens
        self.retry = retry
        self.cursor = PageCursor(before=before, after=after, few=few)
        self.iterator: AsyncGenerator[StravaActivity] | None = None

    @property
    def reached(self) -> datetime | None:
        """The walk has read all activities that started from this instant up to `before`. At first it is `before`."""
        return self.cursor.reached

    @property
    def finished(self) -> bool:
        """True once all activities between `after` and `before` have been read."""
        return self.cursor.ended

    def __aiter__(self) -> AsyncGenerator[StravaActivity]:
        self.iterator = self.read_pages()
        return self.iterator

    async def aclose(self) -> None:
        """Close the connection."""
        if self.iterator is not None:
            await self.iterator.aclose()

    async def read_pages(self) -> AsyncGenerator[StravaActivity]:
        self.cursor.page_broke_off()  # an earlier iteration may have ended in the middle of a page
        failures, refused = 0, False
        while not self.cursor.ended:
            token = await self.tokens.token()
            found_before = self.found
            try:
                async with aclosing(self.read_page(token)) as page:
                    async for activity in page:
                        yield activity
                failures, refused = 0, False
            except TokenRefused:
                if refused:
                    raise
                refused = True
                await self.tokens.refused(token)
            except TemporaryError as error:
                self.cursor.page_broke_off()
                failures = 1 if self.found > found_before else failures + 1
                pause = self.retry.pause(failures, at_least=error.retry_after)
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    async def read_page(self, token: str) -> AsyncGenerator[StravaActivity]:
        parser = ArrayParser()
        self.requests += 1
        self.asked_at = datetime.now(UTC)
        try:
            async with self.open_page(self.cursor.next_query(), token=token, lane=self.lane) as response:
                async with aclosing(response.chunks()) as chunks:
                    async for chunk in chunks:
                        for item in parser.feed(chunk):
                            if (activity := self.new_activity(item)) is not None:
                                yield activity
                for item in parser.close():
                    if (activity := self.new_activity(item)) is not None:
                        yield activity
        except RateLimited as error:
            if not error.by_strava:
                self.requests -= 1  # the budget refused it before it was sent
            raise
        self.cursor.page_complete()
        self.pages += 1

    def new_activity(self, item: Any) -> StravaActivity | None:
        """Read an item of a page. Return None for an activity that was yielded before, is too old or cannot be read."""
        try:
            activity = read_activity(item)
        except UnexpectedAnswer as error:
            strava_id = positive_id(item.get("id")) if isinstance(item, dict) else None
            if strava_id is None or self.cursor.note_id(strava_id):
                self.skipped.append(Skipped(strava_id, str(error)))
            return None
        if not self.cursor.note(activity):
            return None
        self.found += 1
        return activity

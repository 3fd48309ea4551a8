"""A walk through an athlete's activities, each as its bytes arrive, across pages, refusals and broken connections."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from strava_live.strava.bearer import Bearer
from strava_live.strava.errors import RateLimited, TokenRefused, UnexpectedAnswer
from strava_live.strava.fields import positive_id
from strava_live.strava.limits import Lane
from strava_live.strava.payloads import Activity, read_activity
from strava_live.strava.retry import RETRIED, Retry
from strava_live.strava.stream import ArrayParser
from strava_live.strava.trail import Trail
from strava_live.strava.transport import Reply


class OpenPage(Protocol):
    """How a walk gets its pages."""

    def __call__(self, query: Mapping[str, str], *, token: str, lane: Lane) -> AbstractAsyncContextManager[Reply]: ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry of a page that nothing could be made of."""

    strava_id: int | None
    reason: str


class Walk:
    """Iterate over it for the activities, newest first; close it (`contextlib.aclosing`) when leaving early.

    When it raises, nothing is lost: iterating again goes on where it stood, after `RateLimited` for example. Another
    process goes on with `before=reached`, read together with the last activity that was kept.
    """

    def __init__(
        self,
        open_page: OpenPage,
        bearer: Bearer,
        *,
        retry: Retry,
        lane: Lane,
        before: datetime | None = None,
        after: datetime | None = None,
    ) -> None:
        self.lane = lane
        """Whose room the next call takes; may be changed while walking."""
        self.found = 0
        self.pages = 0
        """Answers that were read to their end."""
        self.requests = 0
        """Calls made, failed ones too."""
        self.skipped: list[Skipped] = []
        self._open_page = open_page
        self._bearer = bearer
        self._retry = retry
        self._trail = Trail(before=before, after=after)
        self._going: AsyncGenerator[Activity] | None = None

    @property
    def reached(self) -> datetime | None:
        """Everything from here on has been given: the `before` with which a later walk goes on."""
        return self._trail.reached

    @property
    def finished(self) -> bool:
        """Whether the end of the window, or of the history, is known to have been reached."""
        return self._trail.ended

    def __aiter__(self) -> AsyncGenerator[Activity]:
        self._going = self._go()
        return self._going

    async def aclose(self) -> None:
        """Let go of the connection."""
        if self._going is not None:
            await self._going.aclose()

    async def _go(self) -> AsyncGenerator[Activity]:
        self._trail.broke_off()  # where an earlier iteration was left
        failures, refused = 0, False
        while not self._trail.ended:
            token = await self._bearer.token()
            met = self.found
            try:
                async with aclosing(self._page(token)) as page:
                    async for activity in page:
                        yield activity
                failures, refused = 0, False
            except TokenRefused:
                if refused:
                    raise
                refused = True
                await self._bearer.refused(token)
            except RETRIED as error:
                self._trail.broke_off()
                failures = 1 if self.found > met else failures + 1
                pause = self._retry.pause(failures, at_least=error.retry_after)
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    async def _page(self, token: str) -> AsyncGenerator[Activity]:
        parser = ArrayParser()
        self.requests += 1
        try:
            async with self._open_page(self._trail.question(), token=token, lane=self.lane) as reply:
                async with aclosing(reply.chunks()) as chunks:
                    async for chunk in chunks:
                        for item in parser.feed(chunk):
                            if (activity := self._new(item)) is not None:
                                yield activity
                for item in parser.close():
                    if (activity := self._new(item)) is not None:
                        yield activity
        except RateLimited as error:
            self.requests -= not error.by_strava
            raise
        self._trail.answered()
        self.pages += 1

    def _new(self, item: Any) -> Activity | None:
        """The activity that this entry of a page is, unless it has come before, cannot be read or is too old."""
        try:
            activity = read_activity(item)
        except UnexpectedAnswer as error:
            strava_id = positive_id(item.get("id")) if isinstance(item, dict) else None
            if strava_id is None or self._trail.meets_id(strava_id):
                self.skipped.append(Skipped(strava_id, str(error)))
            return None
        if not self._trail.meets(activity):
            return None
        self.found += 1
        return activity

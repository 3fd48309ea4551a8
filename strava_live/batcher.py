"""Combine the database calls of many coroutines: what they ask at the same time is answered by one call.

After a deployment a thousand sockets reconnect within seconds. Looking up their users and snapshots one by one would
take thousands of calls in the database threads. In batches, it takes a handful.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from strava_live.database import for_readers
from strava_live.short_iterations import paced

Question = TypeVar("Question")
Answer = TypeVar("Answer")
OnDatabase = Callable[[Callable[[list[Question]], list[Answer]]], Callable[[list[Question]], Awaitable[list[Answer]]]]
"""A function of strava_live/database.py that makes another function run in a thread pool."""

LARGEST_BATCH = 200
"""Most questions in one call. More would make each coroutine wait longer, as all get their answers together."""


class Batcher(Generic[Question, Answer]):
    """Collect the questions that arrive while `answer` runs, and pass them to its next call together."""

    def __init__(
        self,
        answer: Callable[[list[Question]], list[Answer]],
        *,
        on_database: OnDatabase[Question, Answer] = for_readers,
        interval_s: float = 0.0,
    ) -> None:
        self.answer = answer
        """Function that returns the answers in the order of the questions."""
        self.on_database = on_database
        """Makes `answer` run in a database thread."""
        self.interval_s = interval_s
        """The least time in seconds between the starts of two calls. A longer time makes batches fewer and larger."""
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        """Questions for the next calls, each with the future that its coroutine awaits."""
        self.answering: asyncio.Task[None] | None = None
        """The running task of `answer_waiting`; None if none runs."""

    async def ask(self, question: Question) -> Answer:
        """Return the answer to one question, or raise what `answer` raised for its batch."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((question, answer))
        if self.answering is None:
            self.answering = asyncio.create_task(self.answer_waiting())
        return await answer

    async def answer_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                next_at = loop.time() + self.interval_s
                batch, self.waiting = self.waiting[:LARGEST_BATCH], self.waiting[LARGEST_BATCH:]
                await self.answer_batch(batch)
                if (pause_s := next_at - loop.time()) > 0:
                    await asyncio.sleep(pause_s)
        finally:
            self.answering = None

    async def answer_batch(self, batch: "list[tuple[Question, asyncio.Future[Answer]]]") -> None:
        try:
            answers = await self.on_database(self.answer)([question for question, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        async for (_, future), answer in paced(zip(batch, answers, strict=True)):
            if not future.done():  # a future is cancelled if its connection has closed meanwhile
                future.set_result(answer)

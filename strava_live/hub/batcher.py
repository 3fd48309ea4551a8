"""Batch questions to the database that many connections ask at the same time.

After a deployment a thousand sockets reconnect within seconds. Each needs its user and its club's snapshot. Asked one
by one that is a thousand trips to the database threads. Batched, it is a handful.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from strava_live.database import for_readers
from strava_live.hub.short_iterations import paced

Question = TypeVar("Question")
Answer = TypeVar("Answer")

LARGEST_BATCH = 200
"""Limits how long the first connections wait for the answers of the whole batch."""


class Batcher(Generic[Question, Answer]):
    """Batch the questions that arrive while the previous batch is being answered."""

    def __init__(self, answer: Callable[[list[Question]], list[Answer]]) -> None:
        self.answer = answer
        """Runs in a database thread. Returns the answers in the order of the questions."""
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self.answering: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((question, answer))
        if self.answering is None:
            self.answering = asyncio.create_task(self.answer_waiting())
        return await answer

    async def answer_waiting(self) -> None:
        try:
            while self.waiting:
                batch, self.waiting = self.waiting[:LARGEST_BATCH], self.waiting[LARGEST_BATCH:]
                await self.answer_batch(batch)
        finally:
            self.answering = None

    async def answer_batch(self, batch: "list[tuple[Question, asyncio.Future[Answer]]]") -> None:
        try:
            answers = await for_readers(self.answer)([question for question, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        async for (_, future), answer in paced(zip(batch, answers, strict=True)):
            if not future.done():  # cancelled if its connection has closed
                future.set_result(answer)

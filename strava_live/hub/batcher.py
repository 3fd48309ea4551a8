"""Questions to the database that are asked by many at once, answered together.

After a deployment a thousand sockets redial within seconds. Each of them must know who it is and where its club
stands; asked one by one that is a thousand turns of the database threads, asked together it is a handful.
"""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from strava_live.database import for_readers
from strava_live.hub.short_iterations import paced

Question = TypeVar("Question")
Answer = TypeVar("Answer")

MOST_AT_ONCE = 200
"""Whoever came first need not wait for the whole thousand."""


class Batcher(Generic[Question, Answer]):
    """Answers in one turn whatever was asked while the turn before was under way."""

    def __init__(self, answer: Callable[[list[Question]], list[Answer]]) -> None:
        self.answer = answer
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
                asked, self.waiting = self.waiting[:MOST_AT_ONCE], self.waiting[MOST_AT_ONCE:]
                await self.answer_together(asked)
        finally:
            self.answering = None

    async def answer_together(self, asked: "list[tuple[Question, asyncio.Future[Answer]]]") -> None:
        try:
            answers = await for_readers(self.answer)([question for question, _ in asked])
        except Exception as error:
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
            return
        async for (_, future), answer in paced(zip(asked, answers, strict=True)):
            if not future.done():  # who asked may have gone meanwhile
                future.set_result(answer)

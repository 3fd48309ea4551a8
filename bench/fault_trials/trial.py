"""Try one fault on a site that works, wait until the site has recovered, and judge what each user saw."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import httpx

from bench.fault_trials.injections import Fault
from bench.fault_trials.people import Athlete, Follower, Poster, Reader, followers
from bench.fault_trials.scene import MEMBERS, Scene
from bench.fault_trials.seen import Seen
from tests.live.feed_client import following, until_all
from tests.live.founding import table_of

QUIET_S = 3.0
"""How long everything must work before the fault begins."""
CROWD_PAUSE_S = 2.0
"""The pause between posts of twelve more members, who wait for a lock: slow enough not to delay others."""
RECOVERED_WITHIN_S = 30.0
"""How soon everything must work again. The slowest is an import, which another process takes over after 20 s."""


@dataclass
class Outcome:
    """What the users saw, when the site had recovered, and which expectations were not met."""

    seen: list[Seen]
    recovered_after_s: float | None = None
    missed: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        wrong = [f"{seen.who} saw {what} ×{n}" for seen in self.seen for what, n in seen.wrong.items()]
        after = self.recovered_after_s
        recovered = "never recovered" if after is None else f"recovered after {after:.1f} s"
        verdict = "; ".join([*self.missed, *wrong])
        people = "; ".join(seen.line() for seen in self.seen)
        return f"{name}: {people}; {recovered}; {f'MISSED: {verdict}' if verdict else 'reached'}"

    @property
    def reached(self) -> bool:
        return not self.missed and not any(seen.wrong for seen in self.seen)


class Trial:
    """One fault, and the users during it."""

    def __init__(self, scene: Scene, fault: Fault) -> None:
        first, second = scene.urls
        self.scene, self.fault = scene, fault
        seen = partial(Seen, forgiving=fault.freezes_web)
        self.reader = Reader(first, scene.club, seen("reader", strict=fault.local))
        self.poster = Poster(first, scene.club, seen("poster"))
        crowd = range(4, MEMBERS) if fault.local else ()
        self.crowd = [
            Poster(first, scene.club, self.poster.seen, number=number, pause_s=CROWD_PAUSE_S) for number in crowd
        ]
        self.athlete = Athlete(scene.athlete, seen("athlete"))
        neighbour_url = second if fault.freezes_web else first
        strict = fault.local or fault.freezes_web
        self.neighbour = Poster(neighbour_url, scene.neighbours, Seen("neighbour", strict=strict))
        sockets = [Seen("followers", forgiving=fault.freezes_web), Seen("followers elsewhere")]
        self.followers = followers(scene.urls, scene.club, sockets.__getitem__)
        acting = [one.seen for one in (self.reader, self.poster, self.neighbour, self.athlete)]
        self.acting = acting
        self.outcome = Outcome([*acting, *sockets])

    async def run(self) -> Outcome:
        """Let all users act during the fault, and return what they saw."""
        try:
            async with following(*self.followers), asyncio.TaskGroup() as group:
                browsers: list[Reader | Poster] = [self.reader, self.poster, *self.crowd, self.neighbour]
                people = [browser.live() for browser in browsers]
                tasks = [group.create_task(living) for living in (*people, self.athlete.live())]
                await self.inject_and_recover()
                for task in tasks:
                    task.cancel()
        except* Exception as problems:
            self.outcome.missed += [f"{type(one).__name__}: {str(one)[:300]}" for one in leaves(problems)]
        return self.outcome

    async def inject_and_recover(self) -> None:
        """Wait until everything works, cause the fault, and wait until everything works again."""
        await self.until_recovered(time.monotonic())
        await asyncio.sleep(QUIET_S)
        for seen in self.outcome.seen:
            seen.begin()
        fault = self.fault.inject(self.scene)
        await asyncio.to_thread(fault.__enter__)
        try:
            await asyncio.sleep(self.fault.seconds)
        finally:
            await asyncio.to_thread(fault.__exit__, None, None, None)
        ended = time.monotonic()
        await self.until_recovered(ended)
        self.outcome.recovered_after_s = max(0.0, max(seen.recovered_at or ended for seen in self.acting) - ended)
        await self.compare()

    async def until_recovered(self, since: float) -> None:
        """Wait until all users have had good answers since `since`."""
        for seen in self.outcome.seen:
            seen.end_fault(since)
        until = time.monotonic() + RECOVERED_WITHIN_S
        while not_recovered := self.not_recovered(since):
            assert time.monotonic() < until, (
                f"not recovered after {RECOVERED_WITHIN_S:.0f} s: {', '.join(not_recovered)}"
            )
            await asyncio.sleep(0.1)

    def not_recovered(self, since: float) -> list[str]:
        texts = self.poster.accepted_since(since)
        without_posts = [one.seen.who for one in self.followers if not has_post(one, texts)]
        return [seen.who for seen in self.acting if not seen.has_recovered] + without_posts

    async def compare(self) -> None:
        """Note what is wrong at the end.

        Followers must have exactly the entries of the database, each accepted post must be stored once, and both web
        processes must be ready.
        """
        posters = (self.poster, *self.crowd)
        for poster in posters:
            poster.stopped.set()
        await asyncio.sleep(CROWD_PAUSE_S)
        table = await asyncio.to_thread(table_of, self.scene.site, self.scene.club.pk)
        await until_all(self.followers, lambda one: one.feed.rows() == one.feed.rows_of(table), patience_s=20)
        kept = Counter(row["text"] for row in table)
        accepted = [text for poster in posters for _, text in poster.accepted]
        self.outcome.missed += [f"{text!r} is there {kept[text]} times" for text in accepted if kept[text] != 1]
        async with httpx.AsyncClient() as client:
            for url in self.scene.urls:
                answer = await client.get(f"{url}/readyz", timeout=10)
                if answer.status_code != 200:
                    self.outcome.missed.append(f"/readyz {answer.status_code} {answer.text}")


def has_post(follower: Follower, texts: set[str]) -> bool:
    return any(entry["text"] in texts for entry in follower.feed.entries.values())


def leaves(problems: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """Return the exceptions of a group and of the groups in it."""
    return [
        leaf for one in problems.exceptions for leaf in (leaves(one) if isinstance(one, BaseExceptionGroup) else [one])
    ]

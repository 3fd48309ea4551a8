"""Lock the database row of a club, then of an athlete, and check that other clubs stay fast: `bin/bench locked`.

Meanwhile forms and sockets write posts to the locked club, then save activities of the locked athlete. Members of three
other clubs read pages and post by forms and sockets. The 99th percentiles of their waits may be at most 1.5 times those
of the same load without the lock. `python -m bench.locked SECONDS` sets how long each row is locked (30 seconds).
"""

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.record import Record
from bench.services import running_services
from tests.live.founding import FoundClub, found_clubs
from tests.live.held_lock import held_row
from tests.live_site import LiveSite, LiveSites

SECONDS, WARM_UP_S, PATIENCE_S = 30.0, 3.0, 25.0
MOST = 1.5
"""The goal: how many times longer the others may wait while a row is locked."""
OTHERS, FORMS, SOCKETS = 3, 12, 4
"""How many other clubs there are, and how many people write to the locked row by form and by socket.

The forms are more than the connections that the web process has to the database.
"""
EVERY_S, BLOCKED_EVERY_S = 0.3, 2.0
"""Seconds between two actions of a person, in the other clubs and at the locked row. Two cores can take more load."""
GOOD = {"page 200", "post by form 302", "post by socket done"}
"""The answers that people in the other clubs must get."""
# Fills the feeds of the other clubs and stores activities of the athlete, in a process with the site's settings.
PREPARE = """
from strava_live.accounts.models import User
from strava_live.clubs.models import Membership
from strava_live.social.posts import post
from tests.web.kept import activity
for member in Membership.objects.filter(club__in={clubs}):
    for number in range(5):  # fills the page of fifty entries, so that its cost stays constant
        post(member.user_id, member.club_id, f"{{number}} of {{member.user_id}}")
for strava_id in range(1, 6):  # one for the forms, and one for each socket
    activity(User.objects.get(pk={athlete}), strava_id)
"""

Act = Callable[[], Awaitable[str]]
"""A function that does one thing as a user and returns how the site answered."""


@dataclass
class Phase:
    """What was measured while the row was free, or while it was locked.

    `times_ms` and `answers` are those of other clubs, `blocked` the answers to writes to the row.
    """

    times_ms: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)

    def p99(self, kind: str) -> float:
        return statistics.quantiles(self.times_ms[kind], n=100)[98]


class Person:
    """A member of a club with an HTTP client and, after `dial`, a socket."""

    def __init__(self, site: LiveSite, club: FoundClub, number: int, *, strava_id: int = 1) -> None:
        self.site, self.club, self.number, self.strava_id, self.sent = site, club, number, strava_id, 0
        cookies = {"sessionid": club.sessions[number]}
        self.browser = httpx.AsyncClient(base_url=site.url, cookies=cookies, timeout=60, headers={"Origin": site.url})
        self.connection: ClientConnection | None = None

    async def arrive(self) -> None:
        await self.browser.get(f"/clubs/{self.club.slug}/")  # sets the CSRF cookie

    async def dial(self, path: str) -> None:
        headers = {"Origin": self.site.url, "Cookie": f"sessionid={self.club.sessions[self.number]}"}
        url = self.site.url.replace("http", "ws", 1) + path
        self.connection = await connect(url, additional_headers=headers, proxy=None, max_size=None)

    async def leave(self) -> None:
        await self.browser.aclose()
        if self.connection is not None:
            await self.connection.close()

    async def page(self) -> str:
        return str((await self.browser.get(f"/clubs/{self.club.slug}/")).status_code)

    async def send(self, path: str, **form: str) -> str:
        token = self.browser.cookies["csrftoken"]
        return str((await self.browser.post(path, data=form | {"csrfmiddlewaretoken": token})).status_code)

    async def post(self) -> str:
        return await self.send(f"/clubs/{self.club.slug}/posts/", text="by form")

    async def save(self) -> str:
        return await self.send("/activities/1/save/")

    async def post_by_socket(self) -> str:
        self.sent += 1
        ref = f"{self.number}-{self.sent}"
        await self.say("post.create", ref, text=ref)
        return await self.answer(ref, lambda message: message.get("entry", {}).get("text") == ref)

    async def choose_by_socket(self) -> str:
        """Save the person's own activity; in the next call, remove it. Return the answer."""
        self.sent += 1
        ref, verb = str(self.sent), ("save", "unsave")[self.sent % 2]
        await self.say(f"activity.{verb}", ref, strava_id=self.strava_id)
        return await self.answer(ref, lambda message: message.get("item", {}).get("strava_id") == self.strava_id)

    async def say(self, message_type: str, ref: str, **fields: object) -> None:
        assert self.connection is not None
        await self.connection.send(json.dumps({"type": message_type, "ref": ref, **fields}))

    async def answer(self, ref: str, is_done: Callable[[dict[str, Any]], bool]) -> str:
        """Return "done" after a message for which `is_done` is true, or the code of an error with this `ref`."""
        assert self.connection is not None
        while True:
            frame = json.loads(await self.connection.recv())
            for message in frame if isinstance(frame, list) else [frame]:
                if message["type"] == "error" and message.get("ref") == ref:
                    return str(message["code"])
                if is_done(message):
                    return "done"


async def repeat(act: Act, every_s: float, until: float, late_s: float, done: Callable[[float, str], None]) -> None:
    """Call `act` every `every_s`, the first time after `late_s`, and pass duration and answer to `done`."""
    await asyncio.sleep(late_s)
    while time.monotonic() < until:
        began = time.monotonic()
        answer = await answer_of(act)
        took = time.monotonic() - began
        done(took * 1000, answer)
        await asyncio.sleep(max(0.0, every_s - took))


async def answer_of(act: Act) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await act()
    except (TimeoutError, httpx.HTTPError, ConnectionClosed) as error:
        return type(error).__name__


async def measure(others: list[Person], blocked: list[Act], seconds: float) -> Phase:
    """For `seconds`, let `others` act, and let `blocked` write to the row."""
    phase, until = Phase(), time.monotonic() + seconds

    def noting(kind: str) -> Callable[[float, str], None]:
        def note(ms: float, answer: str) -> None:
            phase.times_ms.setdefault(kind, []).append(ms)
            phase.answers[f"{kind} {answer}"] += 1

        return note

    def note_blocked(_: float, answer: str) -> None:
        phase.blocked[answer] += 1

    acts = []
    for number, person in enumerate(others):
        late_s = EVERY_S * number / len(others)
        acts += [
            repeat(person.page, EVERY_S, until, late_s, noting("page")),
            repeat(person.post, EVERY_S, until, late_s, noting("post by form")),
            repeat(person.post_by_socket, EVERY_S, until, late_s, noting("post by socket")),
        ]
    for number, act in enumerate(blocked):
        late_s = BLOCKED_EVERY_S * number / len(blocked)
        acts.append(repeat(act, BLOCKED_EVERY_S, until, late_s, note_blocked))
    await asyncio.gather(*acts)
    return phase


async def run(record: Record, site: LiveSite, clubs: list[FoundClub], seconds: float) -> None:
    """Connect all persons, and measure with the row of a club locked and with that of an athlete."""
    locked, *free = clubs
    others = [Person(site, club, 0) for club in free]
    forms = [Person(site, locked, number) for number in range(FORMS)]
    sockets = [Person(site, locked, number) for number in range(SOCKETS)]
    athlete = locked.members[0]
    savers = [Person(site, locked, 0) for _ in range(FORMS)]
    watchers = [Person(site, locked, 0, strava_id=2 + number) for number in range(SOCKETS)]
    for person in (*others, *forms, *savers):
        await person.arrive()
    for person in (*others, *sockets):
        await person.dial(f"/ws/clubs/{person.club.slug}/")
    for person in watchers:
        await person.dial("/ws/sync/")
    posts: list[Act] = [*(person.post for person in forms), *(person.post_by_socket for person in sockets)]
    saves: list[Act] = [*(person.save for person in savers), *(person.choose_by_socket for person in watchers)]
    await measure(others, posts + saves, WARM_UP_S)
    club_row, athlete_row = ("strava_live_club", "id", locked.pk), ("strava_live_athletestate", "athlete_id", athlete)
    for what, row, acts in (("a club's row", club_row, posts), ("an athlete's row", athlete_row, saves)):
        report(record, what, *await free_and_locked(site, row, others, acts, seconds))
    for person in (*others, *forms, *sockets, *savers, *watchers):
        await person.leave()


async def free_and_locked(
    site: LiveSite, row: tuple[str, str, int], others: list[Person], blocked: list[Act], seconds: float
) -> list[Phase]:
    """Measure with the row free and with the row locked. `row` is its table, key column and key."""
    phases = []
    for hold in (nullcontext(), held_row(site.environment["DATABASE_URL"], *row)):
        with hold:
            phases.append(await measure(others, blocked, seconds))
    return phases


def report(record: Record, what: str, free: Phase, locked: Phase) -> None:
    print(f"\n{what}: 99th percentiles of other clubs, in ms\n")
    print(f"{'':<16}{'free':>8}{'locked':>8}{'ratio':>8}{'times':>8}")
    for kind in free.times_ms:
        before, during = free.p99(kind), locked.p99(kind)
        record.add(f"{what}, {kind}, free ms", free.times_ms[kind])
        record.add(f"{what}, {kind}, locked ms", locked.times_ms[kind])
        record.goal(f"{what}, 99th percentile of a {kind}, × free", during / before, MOST)
        print(f"{kind:<16}{before:>8.1f}{during:>8.1f}{during / before:>8.2f}{len(locked.times_ms[kind]):>8}")
    print(f"answers to writes to the locked row: free {dict(free.blocked)}, locked {dict(locked.blocked)}")
    answers = free.answers + locked.answers
    wrong = {answer: answers[answer] for answer in set(answers) - GOOD}
    if wrong:
        print(f"wrong answers to other clubs: {wrong}")
    record.goal(f"{what}, other clubs without an answer", sum(wrong.values()), 0)


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    record = Record("locked", sockets=True)
    with ExitStack() as stack:
        services = stack.enter_context(running_services())
        live_sites = stack.enter_context(LiveSites(services.databases))
        database = services.databases.postgres(services.postgres.url)
        site = live_sites(DJANGO_SETTINGS_MODULE="bench.settings", REDIS_URL=services.redis.url, DATABASE_URL=database)
        clubs = found_clubs(site, OTHERS + 1, members=FORMS)
        code = PREPARE.format(clubs=[club.pk for club in clubs], athlete=clubs[0].members[0])
        site.manage("shell", "-v", "0", "-c", code)
        site.start("web")
        asyncio.run(run(record, site, clubs, seconds))
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())

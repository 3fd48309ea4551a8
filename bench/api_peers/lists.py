"""Measure the processor time of a list of 50 entries, for the API and each peer. bench/api.py starts this process.

Requests go through the site's whole ASGI application, with its middleware and a token, one after another. The time is
that of all threads of this process; Postgres is another process.
"""

import asyncio
import gc
import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import django

from bench.record import Record

django.setup()

from site_config.asgi import application  # noqa: E402 models need the line above
from strava_live.accounts.models import User  # noqa: E402
from strava_live.api_tokens.models import ApiToken  # noqa: E402
from strava_live.api_tokens.tokens import make_token  # noqa: E402
from strava_live.clubs.models import Club, Membership  # noqa: E402
from strava_live.feed.models import Entry  # noqa: E402

ROUNDS, WARM_UP = 400, 40
LIMIT = 1.2
"""The goal: the most processor time that the API may take, as a multiple of that of the plain view."""
SLUG, ENTRIES = "striders", 120
OURS, PLAIN = "the API", "plain view, same queries and bytes"
PATHS = {
    OURS: f"/api/v1/clubs/{SLUG}/entries",
    PLAIN: f"/api/v1/peers/plain/{SLUG}",
    "plain view, constant bytes": f"/api/v1/peers/constant/{SLUG}",
    "ninja.Schema": f"/api/v1/peers/schema/{SLUG}",
    "Django REST framework": f"/api/v1/peers/rest_framework/{SLUG}",
}


def fill() -> str:
    """Create a club whose feed has 120 parkruns. Return a member's token."""
    athlete = User.objects.create(username="alva", display_name="Alva Berg")
    club = Club.objects.create(slug=SLUG, name="Striders", seq=ENTRIES, entry_count=ENTRIES)
    Membership.objects.create(club=club, user=athlete)
    newest = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    Entry.objects.bulk_create(
        Entry(
            club=club,
            seq=number,
            first_seq=number,
            kind=Entry.Kind.PARKRUN,
            key=f"parkrun.{number}",
            at=newest - timedelta(minutes=ENTRIES - number),
            athlete=athlete,
            name="Alva B.",
            data=parkrun(number),
        )
        for number in range(1, ENTRIES + 1)
    )
    return make_token(athlete.pk, name="Benchmark", scope=ApiToken.Scope.READ)[1]


def parkrun(number: int) -> dict[str, object]:
    return {
        "event": "bushy",
        "event_name": "Bushy Park",
        "date": "2026-11-21",
        "junior": False,
        "time_s": 1471,
        "count": 50 + number,
        "first_here": False,
        "best": None,
        "url": f"https://www.strava.com/activities/{number}",
    }


async def get(path: str, token: str) -> bytes:
    """Request a path from the ASGI application. Return the body."""
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    scope |= {"http_version": "1.1", "scheme": "http", "root_path": "", "client": ("127.0.0.1", 1)}
    sent: list[dict[str, Any]] = []

    to_site = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not to_site:
            await asyncio.Future()  # the client stays connected
        return to_site.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    assert sent[0]["status"] == 200, (path, sent)
    return b"".join(message.get("body", b"") for message in sent[1:])


async def measure(token: str) -> dict[str, list[float]]:
    """Return the processor time in µs of each request, by peer. The peers take turns."""
    times: dict[str, list[float]] = {name: [] for name in PATHS}
    for turn in range(WARM_UP + ROUNDS):
        for name in sorted(PATHS, reverse=bool(turn % 2)):
            began = time.process_time_ns()
            await get(PATHS[name], token)
            times[name].append((time.process_time_ns() - began) / 1000)
    return {name: taken[WARM_UP:] for name, taken in times.items()}


async def bodies(token: str) -> dict[str, bytes]:
    """Return the answers, with the API's own path in place of a peer's."""
    return {name: (await get(path, token)).replace(path.encode(), PATHS[OURS].encode()) for name, path in PATHS.items()}


async def measured() -> dict[str, list[float]]:
    token = await asyncio.to_thread(fill)
    answers = await bodies(token)
    assert len({answers[name] for name in (OURS, PLAIN, "plain view, constant bytes")}) == 1
    print(f"50 entries, {len(answers[OURS]) / 1000:.1f} kB\n")
    gc.freeze()
    return await measure(token)


def main() -> int:
    logging.disable(logging.INFO)
    record = Record("api_lists")
    times = asyncio.run(measured())
    print(f"{'':40}{'µs':>8}{'× plain':>10}")
    plain = median(times[PLAIN])
    for name, taken in times.items():
        record.add(f"{name}, µs", taken)
        print(f"{name:40}{median(taken):>8.0f}{median(taken) / plain:>10.2f}")
    record.goal("a list of the API, × the plain view", median(times[OURS]) / plain, LIMIT)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())

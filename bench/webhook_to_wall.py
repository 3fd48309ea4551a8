"""From "finish a parkrun" at the stand-in to the wall's socket, without an import: `bin/bench webhook_to_wall`.

The stand-in answers each API call after 100 ms. Each athlete of a club of twenty finishes once, one after the other. A
table shows how long after the press each step was done (medians). Then five athletes rename, hide, show and delete
their activity and revoke the site's access. Each change is timed until the sockets that show it have it.

- server: Postgres, Redis, one web process, one worker
- laptop: SQLite and one process, as ./bin/dev runs it
"""

import asyncio
import sys
from contextlib import nullcontext

from bench.record import Record
from bench.services import Services, running_services
from bench.webhooks.changes import CHANGES, Sockets, time_changes
from bench.webhooks.sites import Running, Start, on_a_laptop, on_a_server, running
from bench.webhooks.steps import Stopwatch, Times, medians
from tests.live.connected_clubs import ConnectedClub, connected_club
from tests.live.feed_client import FeedClient, following

PRESSES = 20
CHANGING = 5
"""How many of the athletes change their activity afterwards."""
SITES: dict[str, tuple[Start, float]] = {"server": (on_a_server, 1500.0), "laptop": (on_a_laptop, 3000.0)}
"""How the site is started, and the most milliseconds from a press to the wall, by name."""
CHANGE_WITHIN_MS = 2000.0


def main(names: list[str]) -> int:
    if set(names) - set(SITES):
        sys.exit(f"There are: {', '.join(SITES)}.")
    record = Record("webhook_to_wall")
    with running_services() as services:
        for name in names or SITES:
            measure(record, services, name)
    return record.finish()


def measure(record: Record, services: Services, name: str) -> None:
    start, most_ms = SITES[name]
    with running(services, start) as site:
        club = connected_club(site.site, site.stand_in, members=PRESSES)
        rounds, changes = asyncio.run(time_presses(site, club))
    print(f"\n{name}: ms after the press, medians of {len(rounds)}")
    steps = medians(rounds)
    for step, ms in steps.items():
        print(f"  {step:<18}{ms:>8.0f}")
    for times in rounds:
        record.add(f"{name}, at the wall, ms", [(times["at the wall"] - times["pressed"]) * 1000])
    record.goal(f"{name}: from the press to the wall, ms", steps["at the wall"], most_ms)
    for change in CHANGES:
        record.add(f"{name}, {change}, ms", changes[change])
        record.goal(f"{name}: {change}, slowest of {CHANGING}, ms", max(changes[change]), CHANGE_WITHIN_MS)


async def time_presses(site: Running, club: ConnectedClub) -> tuple[list[Times], dict[str, list[float]]]:
    """Return the times of each press, and of each change."""
    wall = FeedClient(site.site.url, f"/ws/screens/{club.keys[0]}/")
    member = FeedClient(site.site.url, f"/ws/clubs/{club.slug}/", club.sessions[0])
    stopwatch = Stopwatch(site, club, wall)
    has_redis = "REDIS_URL" in site.site.environment
    async with following(wall, member), stopwatch.listening() if has_redis else nullcontext(), stopwatch.painting():
        rounds = [await stopwatch.press(number) for number in range(PRESSES)]
        changes = await time_changes(site, club, Sockets(member, wall), CHANGING)
    return rounds, changes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

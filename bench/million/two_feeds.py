"""Fill a small and a large feed, and measure how long each takes to read. bench/feed_of_a_million.py starts this."""

import gc
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client

from bench.record import Record

django.setup()

from strava_live.accounts.models import User  # noqa: E402 models need the line above
from strava_live.clubs.models import Club, Membership  # noqa: E402
from strava_live.feed.models import Entry  # noqa: E402
from strava_live.feed.snapshot import changes_since, member_hellos, screen_hello  # noqa: E402
from strava_live.formats import utc_iso_exact  # noqa: E402
from strava_live.keyset import AFTER, BEFORE  # noqa: E402
from strava_live.protocol import Position  # noqa: E402

SIZES = {"small": 1_000, "large": 1_000_000}
MISSED = 100
"""How many entries a client or a hub has missed."""
PAGE = 50
ROUNDS, WARM_UP = 300, 30
LIMIT = 1.3
"""The goal: how many times longer a read of the large feed may take."""
COUNT = "count"
AN_ENTRY = re.compile(rb'id="entry-[1-9]|"id": ?[1-9]')
AN_ITEM = re.compile(rb'"id":[0-9]+,"seq":')
NEWEST = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
APART = timedelta(minutes=10)  # a million entries span nineteen years
# One entry in twenty is removed. seq, id and time ascend together.
FILL = """
    INSERT INTO strava_live_entry
        (club_id, seq, first_seq, kind, key, at, athlete_id, name, text, data, cheers, removed)
    SELECT %(club)s, n, n, 'parkrun', CASE WHEN n %% 20 = 0 THEN 'removed.' ELSE 'parkrun.' END || n,
        %(newest)s - (%(count)s - n) * %(apart)s, CASE WHEN n %% 20 = 0 THEN NULL ELSE %(athlete)s END, 'Alva B.', '',
        jsonb_build_object('event', 'bushy', 'event_name', 'Bushy Park', 'date', '2026-11-21', 'junior', false,
            'time_s', 1471, 'count', 50, 'first_here', false, 'best', NULL,
            'url', 'https://www.strava.com/activities/' || n),
        0, n %% 20 = 0
    FROM generate_series(1, %(count)s) AS n
"""


@dataclass(frozen=True)
class Feed:
    """A club's feed with a member who reads it. `middle` is the time and id of an entry in its middle."""

    club: Club
    viewer_id: int
    middle: tuple[datetime, int]
    browser: Client

    def get(self, path: str, **query: str) -> int:
        """Return the number of entries a page shows."""
        answer = self.browser.get(f"/clubs/{self.club.slug}/{path}", query)
        assert answer.status_code == 200, answer.status_code
        return len(AN_ENTRY.findall(answer.content))

    def get_from_api(self, **query: str) -> int:
        """Return the number of entries a page of the API's list has."""
        answer = self.browser.get(f"/api/v1/clubs/{self.club.slug}/entries", query)
        assert answer.status_code == 200, answer.content
        return len(AN_ITEM.findall(answer.content))

    @property
    def before(self) -> str:
        at, pk = self.middle
        return f"{utc_iso_exact(at)},{pk}"


def fill(name: str, count: int) -> Feed:
    """Create a club with one member and `count` entries."""
    athlete = User.objects.create(username=name, display_name="Alva Berg")
    club = Club.objects.create(slug=name, name=name.title(), seq=count, entry_count=count - count // 20)
    Membership.objects.create(club=club, user=athlete)
    with connection.cursor() as cursor:
        words: dict[str, Any] = {
            "club": club.pk,
            "athlete": athlete.pk,
            "newest": NEWEST,
            "count": count,
            "apart": APART,
        }
        cursor.execute(FILL, words)
    middle = Entry.objects.of_club(club.pk).get(seq=count // 2 + 1)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(athlete)
    return Feed(club, athlete.pk, (middle.at, middle.pk), browser)


def reads_by_name() -> dict[str, Callable[[Feed], int]]:
    """Return the reads to time; each returns the number of entries it found."""

    def newest_page(feed: Feed) -> int:
        return len(Entry.objects.of_club(feed.club.pk).not_removed().newest_first()[:PAGE])

    def middle_page(feed: Feed) -> int:
        return len(Entry.objects.of_club(feed.club.pk).not_removed().older_than(*feed.middle).newest_first()[:PAGE])

    def hello(feed: Feed) -> int:
        return len(member_hellos(feed.club, None, [feed.viewer_id])[feed.viewer_id].entries)

    def replay(feed: Feed) -> int:
        return len(member_hellos(feed.club, Position(feed.club.seq - MISSED), [feed.viewer_id])[feed.viewer_id].entries)

    def away_too_long(feed: Feed) -> int:
        return len(member_hellos(feed.club, Position(1), [feed.viewer_id])[feed.viewer_id].entries)

    def replay_on_screen(feed: Feed) -> int:
        return len(screen_hello(feed.club, Position(feed.club.seq - MISSED)).entries)

    def hub_backfill(feed: Feed) -> int:
        return len(changes_since(feed.club.pk, feed.club.seq - MISSED) or [])

    def count(feed: Feed) -> int:
        return Club.objects.get(pk=feed.club.pk).entry_count

    return {
        "newest page": newest_page,
        "page in the middle": middle_page,
        "newest page, served": lambda feed: feed.get(""),
        "page in the middle, served": lambda feed: feed.get("", before=feed.before),
        "older entries, served": lambda feed: feed.get("entries/", before=feed.before),
        "first hello": hello,
        f"replay of {MISSED}": replay,
        f"replay of {MISSED}, screen": replay_on_screen,
        "replay of too much": away_too_long,
        f"hub's catching up by {MISSED}": hub_backfill,
        "API, newest": lambda feed: feed.get_from_api(),
        "API, older than the middle": lambda feed: feed.get_from_api(cursor=f"{BEFORE}.{feed.before}"),
        "API, newer than the middle": lambda feed: feed.get_from_api(cursor=f"{AFTER}.{feed.before}"),
        f"API, changes after the last {MISSED}": lambda feed: feed.get_from_api(after=str(feed.club.seq - MISSED)),
        "API, too many changes": lambda feed: feed.get_from_api(after="1"),
        COUNT: count,
    }


def milliseconds(read: Callable[[Feed], int], feeds: dict[str, Feed]) -> dict[str, float]:
    """Time a read of each feed, alternating which comes first, and return the medians after a warm-up."""
    times: dict[str, list[float]] = {name: [] for name in feeds}
    for turn in range(WARM_UP + ROUNDS):
        for name in sorted(feeds, reverse=bool(turn % 2)):
            began = time.perf_counter()
            read(feeds[name])
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: median(taken[WARM_UP:]) for name, taken in times.items()}


def main() -> int:
    settings.API_READS_A_MINUTE = 10**9
    record = Record("feed_of_a_million")
    began = time.perf_counter()
    feeds = {name: fill(name, count) for name, count in SIZES.items()}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{sum(SIZES.values()):,} entries written in {time.perf_counter() - began:.0f} s\n")
    gc.freeze()
    print(f"{'':28}{'small ms':>10}{'large ms':>10}{'× small':>9}")
    worst = 0.0
    for name, read in reads_by_name().items():
        assert 0 < read(feeds["small"]) == read(feeds["large"]) or name == COUNT
        found = milliseconds(read, feeds)
        ratio = found["large"] / found["small"]
        worst = max(worst, ratio)
        record.add(f"{name}, × small", [ratio])
        print(f"{name:28}{found['small']:>10.2f}{found['large']:>10.2f}{ratio:>9.2f}")
    record.goal("slowest reading of the large feed, × the small one", worst, LIMIT)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())

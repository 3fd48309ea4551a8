"""A flood of parkruns of one event: the first ten are shown, later ones are folded below the tenth."""

from datetime import UTC, datetime, timedelta

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members
from strava_live.feed.entry_writer import EntryWriter
from strava_live.feed.flood import folds_of
from strava_live.feed.models import Entry

BEGIN = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


def minutes(*after: float) -> list[tuple[int, datetime, int | None]]:
    return [(number, BEGIN + timedelta(minutes=one), None) for number, one in enumerate(after, start=1)]


def test_ten_are_never_folded() -> None:
    assert folds_of(minutes(*range(10))) == {}


def test_later_ones_are_folded_below_the_tenth_for_half_an_hour() -> None:
    rows = minutes(*range(10), 10, 30, 30.1, *[31] * 9, 32)
    assert folds_of(rows) == {11: 10, 12: 10, 23: 22}


def test_removed_entry_does_not_begin_another_row() -> None:
    rows = [row for row in minutes(*range(13)) if row[0] != 3]
    rows[9] = (11, rows[9][1], 10)
    assert folds_of(rows) == {11: 10, 12: 10, 13: 10}


@pytest.mark.django_db
def test_entries_carry_the_fold_in_one_write_and_in_several(club: Club, athlete: User) -> None:
    def add(writer: EntryWriter, numbers: range, event: int = 7) -> None:
        for number in numbers:
            key, data = f"parkrun.{number}.{event}.2026-11-28", {"event_name": "Bushy parkrun", "time_s": None}
            data |= {"count": None, "first_here": None, "best": None}
            writer.add(kind=Entry.Kind.PARKRUN, key=key, athlete_id=athlete.pk, name="Alva B.", data=data)

    now = BEGIN
    for numbers in (range(12), range(12, 13)):
        club.refresh_from_db()
        writer = EntryWriter(club, now)
        add(writer, numbers)
        add(writer, numbers, event=17)
        writer.write()
        now += timedelta(minutes=5)

    rows = list(Entry.objects.filter(key__endswith=".7.2026-11-28").order_by("pk"))
    assert [for_members(one).get("fold") for one in rows] == [None] * 10 + [rows[9].pk] * 3
    others = list(Entry.objects.filter(key__endswith=".17.2026-11-28").order_by("pk"))
    assert [one.fold for one in others] == [None] * 10 + [others[9].pk] * 3

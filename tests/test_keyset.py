"""Keyset paging: pages of a list that begin after a row, of activities (by second), entries and results (by day)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.keyset import InvalidCursor, Keyset, by_day, by_microsecond, by_second
from tests.web import kept

NINE = datetime(2026, 11, 21, 9, 0, 0, 123456, UTC)
BY_DAY, BY_SECOND, BY_MICROSECOND = by_day("day", "pk"), by_second("start", "strava_id"), by_microsecond("at", "pk")


def test_cursor_leads_back_to_its_place() -> None:
    for keyset, place, cursor in (
        (BY_DAY, (date(2026, 11, 21), 7), "2026-11-21,7"),
        (BY_SECOND, (NINE.replace(microsecond=0), 7), "1795251600,7"),
        (BY_MICROSECOND, (NINE, 7), "2026-11-21T09:00:00.123456Z,7"),
    ):
        assert keyset.cursor(place) == cursor
        assert keyset.place(cursor) == place


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", ",", ",1", "x,1", "1,x", "1,-1", f"1,{2**63}", "1,2,3", f"{'9' * 30},1"]
)
@pytest.mark.parametrize("keyset", [BY_DAY, BY_SECOND, BY_MICROSECOND], ids=lambda keyset: keyset.when)
def test_malformed_cursor_is_invalid(keyset: Keyset, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        keyset.place(cursor)


@pytest.mark.parametrize("at", ["2026-11-21T09:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_time_without_an_offset_or_at_the_ends_of_the_calendar_is_invalid(at: str) -> None:
    with pytest.raises(InvalidCursor):
        BY_MICROSECOND.place(f"{at},1")


def test_pages_show_each_row_once_while_rows_are_added_and_removed(athlete: User) -> None:
    same = kept.NEWEST - timedelta(days=3)
    for number in range(1, 12):
        kept.activity(athlete, number, **({"start": same} if 3 < number < 9 else {}))
    seen, cursor = list[int](), ""
    while True:
        page = Activity.objects.page(4, before=cursor)
        seen += [row.strava_id for row in page.rows]
        cursor = page.older
        if not cursor:
            break
        kept.activity(athlete, 100 + len(seen), start=kept.NEWEST)
        Activity.objects.filter(strava_id=seen[-1]).delete()

    assert seen == [1, 2, 8, 7, 6, 5, 4, 3, 9, 10, 11]


def test_rows_around_a_place(athlete: User) -> None:
    for number in (1, 2, 3):
        kept.activity(athlete, number, start=kept.NEWEST)
    rows = Activity.objects.newest_first()

    assert [row.strava_id for row in rows] == [3, 2, 1]
    assert [row.strava_id for row in rows.older_than(kept.NEWEST, 2)] == [1]
    assert [row.strava_id for row in rows.newer_than(kept.NEWEST, 2)] == [3]


def test_last_page_has_no_cursor_even_if_it_is_full(athlete: User) -> None:
    for number in (1, 2):
        kept.activity(athlete, number)

    assert Activity.objects.page(2).older == ""
    assert Activity.objects.page(1).older == Activity.objects.cursor_of(Activity.objects.get(strava_id=1))

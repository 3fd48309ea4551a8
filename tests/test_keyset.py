"""Keyset paging: pages of a list that begin after a row, of activities (by second), entries and results (by day)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.keyset import InvalidCursor, Keyset, KeysetWindow, by_day, by_microsecond, by_number, by_second
from tests.web import kept

NINE = datetime(2026, 11, 21, 9, 0, 0, 123456, UTC)
BY_DAY, BY_SECOND, BY_MICROSECOND = by_day("day", "pk"), by_second("start", "strava_id"), by_microsecond("at", "pk")
BY_NUMBER = by_number("pk")


def test_cursor_leads_back_to_its_place() -> None:
    for keyset, place, cursor in (
        (BY_DAY, (date(2026, 11, 21), 7), "2026-11-21,7"),
        (BY_SECOND, (NINE.replace(microsecond=0), 7), "1795251600,7"),
        (BY_MICROSECOND, (NINE, 7), "2026-11-21T09:00:00.123456Z,7"),
        (BY_NUMBER, (7, 7), "7,7"),
    ):
        assert keyset.cursor(place) == cursor
        assert keyset.place(cursor) == place


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", ",", ",1", "x,1", "1,x", "1,-1", f"1,{2**63}", "1,2,3", f"{'9' * 30},1"]
)
@pytest.mark.parametrize("keyset", [BY_DAY, BY_SECOND, BY_MICROSECOND, BY_NUMBER], ids=lambda keyset: keyset.when)
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


# --- Windows, which lead in both directions


def shown(window: KeysetWindow[Activity]) -> list[int]:
    return [row.strava_id for row in window.rows]


def test_windows_lead_forward_and_back(athlete: User) -> None:
    for number in range(1, 6):
        kept.activity(athlete, number)

    first = Activity.objects.window(2)
    second = Activity.objects.window(2, first.next)
    third = Activity.objects.window(2, second.next)
    back = Activity.objects.window(2, third.previous)
    start = Activity.objects.window(2, back.previous)

    assert [shown(window) for window in (first, second, third)] == [[1, 2], [3, 4], [5]]
    assert (first.previous, third.next) == ("", "")
    assert [shown(window) for window in (back, start)] == [[3, 4], [1, 2]]
    assert start.previous == ""
    assert shown(Activity.objects.window(2, start.next)) == [3, 4]


def test_window_without_rows_leads_back_to_the_rows_shown_before(athlete: User) -> None:
    for number in range(1, 5):
        kept.activity(athlete, number)
    first = Activity.objects.window(2)
    second = Activity.objects.window(2, first.next)

    Activity.objects.filter(strava_id__in=[1, 2]).delete()
    nothing_newer = Activity.objects.window(2, second.previous)
    assert (nothing_newer.rows, nothing_newer.previous) == ([], "")
    assert shown(Activity.objects.window(2, nothing_newer.next)) == [3, 4]

    kept.activity(athlete, 1)
    Activity.objects.filter(strava_id__in=[3, 4]).delete()
    nothing_older = Activity.objects.window(2, "before." + Activity.objects.cursor_of(Activity.objects.get()))
    assert (nothing_older.rows, nothing_older.next) == ([], "")
    assert shown(Activity.objects.window(2, nothing_older.previous)) == [1]


@pytest.mark.parametrize("cursor", ["x", "before", "before.", "after.x", "1795251600,7", "older.1795251600,7"])
def test_window_of_a_malformed_cursor_is_invalid(athlete: User, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        Activity.objects.window(2, cursor)


@pytest.mark.parametrize("at", ["", "before.1763110800,3", "after.1763110800,3"])
def test_window_costs_at_most_two_queries_that_an_index_answers(
    athlete: User, at: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 7):
        kept.activity(athlete, number, start=datetime.fromtimestamp(1763110800, UTC))

    with django_assert_max_num_queries(2) as queries:
        assert Activity.objects.window(2, at).rows
    assert all("ORDER BY" in query["sql"] for query in queries), "else Postgres may read the whole table"


CHANGES = st.lists(st.sampled_from(["add newest", "add oldest", "add between", "remove", "nothing"]), max_size=8)


@given(seconds=st.lists(st.integers(0, 3), min_size=1, max_size=12), size=st.integers(1, 4), changes=CHANGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_that_stay_are_shown_once_on_each_way(
    athlete: User, seconds: list[int], size: int, changes: list[str]
) -> None:
    """Several rows have the same second. After each window, a row is added or one that was shown is removed."""
    Activity.objects.all().delete()
    for number, second in enumerate(seconds, start=100):
        kept.activity(athlete, number, start=kept.NEWEST + timedelta(seconds=second))
    standing = [row.strava_id for row in Activity.objects.newest_first()]
    pending, added = list(changes), iter(range(1, 50))

    def walk(direction: str, cursor: str) -> tuple[list[int], KeysetWindow[Activity]]:
        seen = list[int]()
        while True:
            window = Activity.objects.window(size, cursor)
            part = shown(window)
            seen = part + seen if direction == "previous" else seen + part
            cursor = getattr(window, direction)
            if not cursor:
                return seen, window
            change(part)

    def change(part: list[int]) -> None:
        kind = pending.pop() if pending else "nothing"
        offsets = {"add newest": 9, "add oldest": -9, "add between": 1}
        if kind in offsets:
            kept.activity(athlete, next(added), start=kept.NEWEST + timedelta(seconds=offsets[kind]))
        elif kind == "remove" and part:
            Activity.objects.filter(strava_id=part[-1]).delete()
            if part[-1] in standing:
                standing.remove(part[-1])

    forward, last = walk("next", "")
    was_shown = [number for number in forward if number in standing]
    assert was_shown == standing
    back, _ = walk("previous", last.previous) if last.previous else ([], last)
    back += shown(last)
    assert [number for number in back if number in standing] == standing

"""Paging by time against a small model of Strava: every activity is found once, while others are added and deleted."""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_live.strava.page_cursor import PageCursor
from strava_live.strava.payloads import StravaActivity, read_activity
from tests.strava.payloads import summary

NEWEST = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BRISBANE = timedelta(hours=10)


@dataclass(frozen=True)
class Run:
    """A run at Strava."""

    id: int
    start: datetime
    withheld: bool = False
    hidden_start: bool = False

    @property
    def shown(self) -> datetime:
        local = self.start + BRISBANE
        return local.replace(hour=0, minute=0, second=1) - BRISBANE if self.hidden_start else self.start

    def written(self) -> StravaActivity:
        local = (self.shown + BRISBANE).replace(tzinfo=None)
        return read_activity(
            summary(self.id, start_date=self.shown.isoformat(), start_date_local=f"{local.isoformat()}Z")
        )


@dataclass
class Pages:
    """Strava's numbered pages, newest first. Withheld runs are counted but left out."""

    runs: dict[int, Run]
    by_true_start: bool = True
    calls: list[dict[str, str]] = field(default_factory=list)

    def ask(self, query: dict[str, str]) -> list[Run]:
        self.calls.append(query)

        def key(run: Run) -> datetime:
            return run.start if self.by_true_start else run.shown

        before = (
            datetime.fromtimestamp(int(query["before"]), UTC) if "before" in query else datetime.max.replace(tzinfo=UTC)
        )
        order = sorted(
            (run for run in self.runs.values() if key(run) < before), key=lambda run: (key(run), run.id), reverse=True
        )
        size = int(query["per_page"])
        first = (int(query.get("page", "1")) - 1) * size
        return [run for run in order[first : first + size] if not run.withheld]


def walked(pages: Pages, cursor: PageCursor, *, churn: random.Random | None = None) -> list[StravaActivity]:
    met = []
    while not cursor.ended:
        assert len(pages.calls) < 200, "the paging does not end"
        met += [activity for run in pages.ask(cursor.next_query()) if cursor.note(activity := run.written())]
        cursor.page_complete()
        if churn:
            change_runs(pages, churn)
    return met


def change_runs(pages: Pages, chance: random.Random) -> None:
    """Delete three runs and add three, at random places."""
    for _ in range(3):
        if pages.runs:
            del pages.runs[chance.choice(list(pages.runs))]
        new_id = 10**9 + chance.randrange(10**9)
        pages.runs[new_id] = Run(new_id, NEWEST - timedelta(seconds=chance.randrange(3 * 10**7)))


def history(count: int, *, every_s: int = 20_000) -> dict[int, Run]:
    return {number: Run(number, NEWEST - timedelta(seconds=every_s * number)) for number in range(1, count + 1)}


@st.composite
def histories(draw: st.DrawFn) -> dict[int, Run]:
    """Runs with shared seconds, hidden starts, and withheld ones, single and up to 200 in a row."""
    chance = random.Random(draw(st.integers(0, 10**6)))
    count = draw(st.integers(0, 900))
    withheld, hidden, shared = draw(st.tuples(*[st.sampled_from([0.0, 0.15, 0.5])] * 3))
    rows = draw(st.lists(st.integers(0, 899), max_size=2))
    apart = [low for low in sorted(rows) if low == min(rows) or low - min(rows) > 250]
    start, runs = NEWEST, {}
    for number in range(1, count + 1):
        start -= timedelta(seconds=0 if chance.random() < shared else chance.choice([1, 600, 90_000]))
        in_row = any(low <= number < low + 200 for low in apart)
        off = chance.random() < withheld and not any(low - 201 <= number < low + 401 for low in apart)
        runs[number] = Run(number, start, withheld=in_row or off, hidden_start=chance.random() < hidden)
    return runs


@given(runs=histories(), by_true_start=st.booleans())
@settings(max_examples=60, deadline=None)
def test_cursor_finds_every_run_once(runs: dict[int, Run], *, by_true_start: bool) -> None:
    met = [activity.strava_id for activity in walked(Pages(runs, by_true_start=by_true_start), PageCursor())]
    assert sorted(met) == sorted(run.id for run in runs.values() if not run.withheld)


@given(runs=histories(), by_true_start=st.booleans(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_cursor_finds_every_run_while_others_are_added_and_deleted(
    runs: dict[int, Run], *, by_true_start: bool, seed: int
) -> None:
    pages = Pages(dict(runs), by_true_start=by_true_start)
    met = [activity.strava_id for activity in walked(pages, PageCursor(), churn=random.Random(seed))]
    assert len(met) == len(set(met))
    assert {number for number in runs if number in pages.runs and not runs[number].withheld} <= set(met)


@given(runs=histories(), stops=st.lists(st.integers(0, 250), max_size=6), by_true_start=st.booleans())
@settings(max_examples=60, deadline=None)
def test_cursor_finds_every_run_when_pages_break_off(
    runs: dict[int, Run], stops: list[int], *, by_true_start: bool
) -> None:
    pages, cursor, met = Pages(runs, by_true_start=by_true_start), PageCursor(), []
    while not cursor.ended:
        answer = pages.ask(cursor.next_query())
        stop = stops.pop() if stops else len(answer)
        met += [run.id for run in answer[:stop] if cursor.note(run.written())]
        if stop < len(answer):
            cursor.page_broke_off()
        else:
            cursor.page_complete()
    assert sorted(met) == sorted(run.id for run in runs.values() if not run.withheld)


@given(runs=histories(), stop=st.integers(1, 5), by_true_start=st.booleans())
@settings(max_examples=40, deadline=None)
def test_cursor_continues_where_an_earlier_one_stopped(runs: dict[int, Run], stop: int, *, by_true_start: bool) -> None:
    pages, cursor = Pages(runs, by_true_start=by_true_start), PageCursor()
    met: set[int] = set()
    for _ in range(stop):
        met |= {run.id for run in pages.ask(cursor.next_query()) if cursor.note(run.written())}
        cursor.page_complete()
    met |= {activity.strava_id for activity in walked(pages, PageCursor(before=cursor.reached))}
    assert met == {run.id for run in runs.values() if not run.withheld}


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 2999, 3000, 3001])
def test_cursor_needs_few_requests(count: int) -> None:
    pages = Pages(history(count))
    assert len(walked(pages, PageCursor())) == count
    assert len(pages.calls) <= math.ceil(count / 200) + 2 + 1


@pytest.mark.parametrize("row_starts_at", [0, 1, 50, 99, 100, 101, 150, 198, 199, 200, 1399, 2799])
@pytest.mark.parametrize("seed", range(4))
def test_cursor_needs_few_requests_for_200_withheld_runs_in_a_row(row_starts_at: int, seed: int) -> None:
    chance = random.Random(seed)
    runs = {
        run.id: Run(run.id, run.start, withheld=row_starts_at < run.id <= row_starts_at + 200 or chance.random() < 0.15)
        for run in history(3000).values()
    }
    pages = Pages(runs)
    assert len(walked(pages, PageCursor())) == sum(not run.withheld for run in runs.values())
    assert len(pages.calls) <= math.ceil(3000 / 200) + 2 + 1


def test_cursor_reads_more_runs_of_one_second_than_fit_a_page() -> None:
    runs = history(5) | {number: Run(number, NEWEST - timedelta(days=300)) for number in range(100, 900)}
    assert len(walked(Pages(runs), PageCursor())) == 805


def test_next_page_is_before_the_oldest_second_seen() -> None:
    cursor = PageCursor()
    assert cursor.next_query() == {"per_page": "200"}
    for run in history(200).values():
        cursor.note(run.written())
    cursor.page_complete()
    oldest = NEWEST - timedelta(seconds=20_000 * 200)
    assert cursor.next_query() == {"per_page": "200", "before": str(int(oldest.timestamp()) + 1)}
    assert cursor.reached == oldest + timedelta(seconds=1)


def test_cursor_checks_the_end_with_a_second_page() -> None:
    cursor = PageCursor(before=NEWEST)
    cursor.page_complete()
    assert not cursor.ended
    assert cursor.next_query()["page"] == "2"
    assert cursor.next_query()["before"] == str(int(NEWEST.timestamp()))
    cursor.page_complete()
    assert cursor.ended


def test_small_window_needs_one_request() -> None:
    runs = history(1000)
    pages = Pages(runs)
    after, before = runs[20].start, runs[10].start
    met = walked(pages, PageCursor(before=before, after=after))
    assert [activity.strava_id for activity in met] == list(range(11, 21))
    assert len(pages.calls) == 1


def test_cursor_includes_hidden_starts_that_may_be_in_the_window() -> None:
    day = datetime(2026, 11, 6, 14, tzinfo=UTC)  # midnight in Brisbane
    runs = {number: Run(number, day + timedelta(hours=number), hidden_start=True) for number in (1, 2)}
    assert len(walked(Pages(runs), PageCursor(after=day + timedelta(hours=1)))) == 2


def test_cursor_repeats_a_page_that_broke_off_without_anything_new() -> None:
    cursor = PageCursor(before=NEWEST)
    cursor.page_complete()
    second_page = cursor.next_query()
    cursor.page_broke_off()
    assert cursor.next_query() == second_page


@pytest.mark.parametrize(("runs", "calls"), [(0, 1), (3, 1), (199, 1), (200, 2)])
def test_page_that_is_not_full_is_the_last_of_a_window_with_few_activities(runs: int, calls: int) -> None:
    pages = Pages({number: Run(number, NEWEST - timedelta(minutes=number)) for number in range(1, runs + 1)})

    met = walked(pages, PageCursor(after=NEWEST - timedelta(days=14), few=True))

    assert (len(met), len(pages.calls)) == (runs, calls)


def test_window_with_few_activities_ends_with_the_first_page_that_passes_it() -> None:
    pages = Pages({number: Run(number, NEWEST - timedelta(days=number)) for number in range(1, 300)})

    met = walked(pages, PageCursor(after=NEWEST - timedelta(days=14), few=True))

    assert (len(met), len(pages.calls)) == (14, 1)

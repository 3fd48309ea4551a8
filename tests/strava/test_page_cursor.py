"""The walk by time, against a Strava of twenty lines: everyone who stays is met once, whatever else comes and goes."""

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
    """What Strava knows of a run."""

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
    """Strava's pages: newest first, by number, the withheld counted and left out."""

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
        assert len(pages.calls) < 200, "the walk does not end"
        met += [activity for run in pages.ask(cursor.next_query()) if cursor.note(activity := run.written())]
        cursor.page_complete()
        if churn:
            come_and_go(pages, churn)
    return met


def come_and_go(pages: Pages, chance: random.Random) -> None:
    """Three are removed and three added, anywhere."""
    for _ in range(3):
        if pages.runs:
            del pages.runs[chance.choice(list(pages.runs))]
        new_id = 10**9 + chance.randrange(10**9)
        pages.runs[new_id] = Run(new_id, NEWEST - timedelta(seconds=chance.randrange(3 * 10**7)))


def history(count: int, *, every_s: int = 20_000) -> dict[int, Run]:
    return {number: Run(number, NEWEST - timedelta(seconds=every_s * number)) for number in range(1, count + 1)}


@st.composite
def histories(draw: st.DrawFn) -> dict[int, Run]:
    """Runs with shared seconds, hidden starts, withheld ones here and there and up to 200 of them in a row."""
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
def test_cursor_meets_everyone_once(runs: dict[int, Run], *, by_true_start: bool) -> None:
    met = [activity.strava_id for activity in walked(Pages(runs, by_true_start=by_true_start), PageCursor())]
    assert sorted(met) == sorted(run.id for run in runs.values() if not run.withheld)


@given(runs=histories(), by_true_start=st.booleans(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_cursor_meets_everyone_who_stays_while_others_come_and_go(
    runs: dict[int, Run], *, by_true_start: bool, seed: int
) -> None:
    pages = Pages(dict(runs), by_true_start=by_true_start)
    met = [activity.strava_id for activity in walked(pages, PageCursor(), churn=random.Random(seed))]
    assert len(met) == len(set(met))
    assert {number for number in runs if number in pages.runs and not runs[number].withheld} <= set(met)


@given(runs=histories(), stops=st.lists(st.integers(0, 250), max_size=6), by_true_start=st.booleans())
@settings(max_examples=60, deadline=None)
def test_cursor_loses_nobody_when_answers_break_off(
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
def test_cursor_goes_on_from_where_another_stopped(runs: dict[int, Run], stop: int, *, by_true_start: bool) -> None:
    pages, cursor = Pages(runs, by_true_start=by_true_start), PageCursor()
    met: set[int] = set()
    for _ in range(stop):
        met |= {run.id for run in pages.ask(cursor.next_query()) if cursor.note(run.written())}
        cursor.page_complete()
    met |= {activity.strava_id for activity in walked(pages, PageCursor(before=cursor.reached))}
    assert met == {run.id for run in runs.values() if not run.withheld}


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 2999, 3000, 3001])
def test_cursor_asks_no_more_than_it_must(count: int) -> None:
    pages = Pages(history(count))
    assert len(walked(pages, PageCursor())) == count
    assert len(pages.calls) <= math.ceil(count / 200) + 2 + 1


@pytest.mark.parametrize("row_starts_at", [0, 1, 50, 99, 100, 101, 150, 198, 199, 200, 1399, 2799])
@pytest.mark.parametrize("seed", range(4))
def test_cursor_asks_no_more_for_200_withheld_in_a_row(row_starts_at: int, seed: int) -> None:
    chance = random.Random(seed)
    runs = {
        run.id: Run(run.id, run.start, withheld=row_starts_at < run.id <= row_starts_at + 200 or chance.random() < 0.15)
        for run in history(3000).values()
    }
    pages = Pages(runs)
    assert len(walked(pages, PageCursor())) == sum(not run.withheld for run in runs.values())
    assert len(pages.calls) <= math.ceil(3000 / 200) + 2 + 1


def test_cursor_reads_more_in_one_second_than_fit_an_answer() -> None:
    runs = history(5) | {number: Run(number, NEWEST - timedelta(days=300)) for number in range(100, 900)}
    assert len(walked(Pages(runs), PageCursor())) == 805


def test_cursor_question_begins_newest_and_goes_on_before_the_oldest_second_seen() -> None:
    cursor = PageCursor()
    assert cursor.next_query() == {"per_page": "200"}
    for run in history(200).values():
        cursor.note(run.written())
    cursor.page_complete()
    oldest = NEWEST - timedelta(seconds=20_000 * 200)
    assert cursor.next_query() == {"per_page": "200", "before": str(int(oldest.timestamp()) + 1)}
    assert cursor.reached == oldest + timedelta(seconds=1)


def test_cursor_confirms_the_end_by_the_second_page_of_the_same_before() -> None:
    cursor = PageCursor(before=NEWEST)
    cursor.page_complete()
    assert not cursor.ended
    assert cursor.next_query()["page"] == "2"
    assert cursor.next_query()["before"] == str(int(NEWEST.timestamp()))
    cursor.page_complete()
    assert cursor.ended


def test_cursor_keeps_to_its_window_in_one_call_where_one_will_do() -> None:
    runs = history(1000)
    pages = Pages(runs)
    after, before = runs[20].start, runs[10].start
    met = walked(pages, PageCursor(before=before, after=after))
    assert [activity.strava_id for activity in met] == list(range(11, 21))
    assert len(pages.calls) == 1


def test_cursor_keeps_a_hidden_start_that_may_be_in_its_window() -> None:
    day = datetime(2026, 11, 6, 14, tzinfo=UTC)  # midnight in Brisbane
    runs = {number: Run(number, day + timedelta(hours=number), hidden_start=True) for number in (1, 2)}
    assert len(walked(Pages(runs), PageCursor(after=day + timedelta(hours=1)))) == 2


def test_cursor_asks_again_for_the_same_page_when_nothing_new_came_of_it() -> None:
    cursor = PageCursor(before=NEWEST)
    cursor.page_complete()
    second_page = cursor.next_query()
    cursor.page_broke_off()
    assert cursor.next_query() == second_page

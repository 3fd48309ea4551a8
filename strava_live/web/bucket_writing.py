"""/bucket/things/<id>/properties/<id>/values/: write the rows that a person has typed to their Bucket.

All rows are read first. If one line cannot be read, nothing is sent, and the page shows what was typed.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import pairwise
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from strava_live.bucket.models import BucketConnection
from strava_live.bucket.typed_rows import RowFault, TypedRows, UnusableRows, read_rows
from strava_live.bucket_client.errors import BucketDown, BucketError, BucketRowInvalid
from strava_live.bucket_client.shapes import BucketProperty, BucketRow
from strava_live.formats import quantity
from strava_live.leaky_bucket import Rate
from strava_live.web.access import login_required_post
from strava_live.web.bucket_access import (
    AskedTooOften,
    MyBucket,
    ask_about_thing,
    explained,
    limit_person,
    owned_connection,
)
from strava_live.web.bucket_connect import requires_bucket
from strava_live.web.bucket_csv import as_downloaded
from strava_live.web.bucket_forms import RowsForm
from strava_live.web.bucket_values import Asked, ShownProperty, base_context, get_shown, property_context
from strava_live.web.bucket_words import example_row, table_rows

FAULTS_SHOWN, ROWS_SHOWN = 50, 20
NOT_WRITTEN = "Not written."
WRITE_WITHIN_S = 25.0
"""How long writing may take, with the calls before and after it: proxies answer in our place after 30 seconds."""
WRITES = Rate(10, 100)
"""How often a person may write rows: 10 times at once, then once every 10 seconds. Rows of texts need many calls."""
APART_MS, MOST_RANGES, MOST_IN_RANGE = 86_400_000, 5, 2_000
"""Rows are read back in ranges of at most MOST_IN_RANGE rows. A range also ends before each of the MOST_RANGES - 1
longest times without rows, if that time is longer than APART_MS."""
MAYBE_SOME = "Not all rows are written. You can write them once more: a row replaces one with the same time."


@dataclass(frozen=True, slots=True)
class WrittenRows:
    """The result of writing rows."""

    missing: int
    """How many of them Bucket did not have afterwards."""
    unchecked: str = ""
    """Why the rows could not be read back, as sentences; "" if they were."""


@login_required_post
@requires_bucket
def write_values(request: HttpRequest, thing_id: str, property_id: str) -> HttpResponse:
    deadline = monotonic() + WRITE_WITHIN_S
    asked, connection = Asked(request, thing_id, property_id), owned_connection(request)
    page = WritingPage(asked, RowsForm(request.POST, example=example_row(())))
    typed: TypedRows | None = None
    try:
        shown = page.shown = ask_about_thing(request, connection, lambda mine: get_shown(mine, asked))
        page.form = RowsForm(request.POST, example=example_row(shown.dimensions))
        if shown.cannot_write or not page.form.is_valid():
            return page.refused()
        typed = as_downloaded(read_rows(page.form.cleaned_data["rows"], shown.dimensions, asked.zone))
        if typed.faults:
            return page.refused_for(typed.faults)
        if request.POST.get("check") == "yes":
            return page.understood(typed)
        limit_person(connection, "bucket-writes", WRITES)
        return page.leave(typed, write(page, connection, shown, [row.bucket_row for row in typed.rows], deadline))
    except UnusableRows as error:
        page.form.add_error("rows", str(error))
        return page.refused()
    except BucketError as error:
        if typed is not None and isinstance(error, BucketRowInvalid):
            row = typed.rows[error.row - 1]
            return page.refused_for([RowFault(row.line, "", error.sentence)])
        page.form.add_error(None, f"{page.what_is_written(typed, error)} {explained(error)}")
        return page.refused(error.code.status)


class TooSlowToWrite(BucketDown):
    """Bucket has not stored all rows before the deadline."""

    sentence = "Bucket is taking too long."


def write(
    page: "WritingPage",
    connection: BucketConnection,
    shown: ShownProperty,
    rows: Sequence[BucketRow],
    deadline: float,
) -> WrittenRows:
    """Write the rows and read them back: Bucket answers alike for rows that it stores and rows that it skips."""
    to = replace(shown.found, type=replace(shown.found.type, dimensions=shown.dimensions))

    async def put(mine: MyBucket) -> WrittenRows:
        async with before(deadline):
            await mine.client.put_values(mine.tokens, to, rows, on_stored=page.note_stored)
        try:
            async with before(deadline):
                there = await times_there(mine, to, rows)
        except BucketError as error:
            return WrittenRows(missing=0, unchecked=error.sentence)
        return WrittenRows(missing=len({row.at_ms for row in rows} - there))

    return ask_about_thing(page.asked.request, connection, put)


@asynccontextmanager
async def before(deadline: float) -> AsyncGenerator[None]:
    """Raise TooSlowToWrite if the block has not ended at `deadline`, a time of `monotonic`."""
    try:
        async with asyncio.timeout(deadline - monotonic()):
            yield
    except TimeoutError as error:
        raise TooSlowToWrite("the deadline of the page is over") from error


async def times_there(mine: MyBucket, to: BucketProperty, rows: Sequence[BucketRow]) -> set[int]:
    """Return the times of all rows that Bucket has in the ranges of `rows` (`ranges_of`)."""
    there = set[int]()
    for first, last in ranges_of([row.at_ms for row in rows]):
        _, found = await mine.client.property_and_rows(mine.tokens, to.thing_id, to.id, from_ms=first, to_ms=last)
        there.update(row.at_ms for row in found)
    return there


def ranges_of(times_ms: Iterable[int]) -> list[tuple[int, int]]:
    """Return a few ranges with all these times and little between them: other apps may have written many rows there."""
    times = sorted(times_ms)
    steps = [(after - earlier, place) for place, (earlier, after) in enumerate(pairwise(times), 1)]
    far = [place for step, place in nlargest(MOST_RANGES - 1, steps) if step > APART_MS]
    cuts = sorted({0, len(times), *far, *range(MOST_IN_RANGE, len(times), MOST_IN_RANGE)})
    return [(times[first], times[end - 1]) for first, end in pairwise(cuts)]


class WritingPage:
    """The answer to a form with rows: the page with what was typed, or a redirect to the values."""

    def __init__(self, asked: Asked, form: RowsForm) -> None:
        self.asked, self.form = asked, form
        self.shown: ShownProperty | None = None
        self.stored = 0
        """How many rows, from the first one on, Bucket has certainly stored."""

    def note_stored(self, count: int) -> None:
        self.stored = count

    def what_is_written(self, typed: TypedRows | None, error: BucketError) -> str:
        """Return which rows are written after an error, as sentences."""
        count = len(typed.rows) if typed else 0
        if count < 2 or isinstance(error, AskedTooOften):
            return NOT_WRITTEN
        taken = f" Bucket has taken the first {self.stored:,} of {count:,} rows." if self.stored else ""
        return f"{MAYBE_SOME}{taken}"

    def render(self, status: int, **context: Any) -> HttpResponse:
        known = base_context(self.asked)
        if self.shown is not None:
            known |= property_context(self.asked, self.shown)
        context = known | {"rows_form": self.form, "only_writing": True} | context
        return render(self.asked.request, "bucket/property.html", context, status=status)

    def refused(self, status: int = 422) -> HttpResponse:
        return self.render(status)

    def refused_for(self, faults: list[RowFault]) -> HttpResponse:
        lines = quantity(len(faults), "line", "lines")
        self.form.add_error("rows", f"We can't read {lines}, so nothing was written.")
        return self.render(422, faults=faults[:FAULTS_SHOWN], fault_count=len(faults))

    def understood(self, typed: TypedRows) -> HttpResponse:
        rows = [row.bucket_row for row in typed.rows]
        words = f"{quantity(len(rows), 'row', 'rows')}, as we understand {'it' if len(rows) == 1 else 'them'}"
        return self.render(
            200,
            understood=table_rows(rows[:ROWS_SHOWN], self.asked.zone),
            understood_words=f"{words}. Nothing is written yet.",
            understood_count=len(rows),
            in_seconds=typed.in_seconds,
        )

    def leave(self, typed: TypedRows, written: WrittenRows) -> HttpResponse:
        """Say how many rows were written, and redirect to their range."""
        request, count = self.asked.request, len(typed.rows)
        rows, it = quantity(count, "row", "rows"), "it" if count == 1 else "them"
        if written.missing:
            messages.warning(
                request,
                f"Bucket said that it took {rows}, but {written.missing:,} of them are not there. "
                "Write these once more, or check their times.",
            )
        elif written.unchecked:
            messages.warning(request, f"Wrote {rows}, but couldn't read {it} back. {written.unchecked}")
        else:
            messages.success(request, f"Wrote {rows}, and read {it} back.")
        if typed.in_seconds:
            messages.warning(request, "These times are in 1970. If you meant seconds, add three zeros to each.")
        times = [row.timestamp_ms for row in typed.rows]
        return HttpResponseRedirect(f"{self.asked.address}?{urlencode({'from': min(times), 'to': max(times)})}")

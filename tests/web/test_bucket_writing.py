"""/bucket/things/<id>/properties/<id>/values/: typed rows are written all or not at all, and nothing typed is lost."""

import pytest
from django.test import Client
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.bucket.models import BucketConnection
from strava_live.bucket.typed_rows import MOST_ROWS
from strava_live.http.retry import Retry
from strava_live.web import bucket_access, bucket_writing
from strava_live.web.bucket_writing import MOST_IN_RANGE, MOST_RANGES, ranges_of
from tests.web.my_bucket import MINUTE, NINE, property_there
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.once


def test_rows_are_written_and_shown(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket)

    answer = there.write(as_athlete, f"{NINE},5\n2026-11-21T09:01:00Z,6.5")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{there.page}?from={NINE}&to={NINE + MINUTE}"
    assert "Wrote 2 rows, and read them back." in messages_in(answer)
    assert there.rows == [[NINE, 5], [NINE + MINUTE, 6.5]]
    page = said(as_athlete.get(answer.headers["Location"]))
    assert "2 values from 21 Nov 2026, 09:00 to 21 Nov 2026, 09:01. Lowest 5, highest 6.5." in page


@pytest.mark.parametrize(
    ("type_id", "row", "stored"),
    [
        ("TEXT", '"Hello, world"', ["Hello, world"]),
        ("CLASS", "Run", ["Run"]),
        ("BINARY", "yes", [True]),
        ("LOCATION", "4.35,52.01", [4.35, 52.01]),
        ("ACCELEROMETER", "1,2,3", [1, 2, 3]),
        ("HEART_RATE", "61,0.98", [61, 0.98]),
    ],
)
@pytest.mark.parametrize("dimensions", ["reversed", "plain"])
def test_values_reach_their_dimensions(
    as_athlete: Client,
    my_bucket: BucketConnection,
    bucket: BucketStandIn,
    type_id: str,
    row: str,
    stored: list[object],
    dimensions: str,
) -> None:
    bucket.settings(dimensions=dimensions)
    there = property_there(bucket, my_bucket, type_id)

    there.write(as_athlete, f"{NINE},{row}")

    assert there.rows == [[NINE, *stored]]


def test_one_wrong_line_writes_nothing_and_keeps_all_that_was_typed(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    typed = f"{NINE},5\n{NINE + 1},six & seven\n\n{NINE},8"

    answer = there.write(as_athlete, typed)

    page = said(answer)
    assert answer.status_code == 422
    assert "We can't read 2 lines, so nothing was written." in page
    assert "Count: “six &amp; seven” is not a number." in page
    assert "Line 1 has the same time." in page
    assert f"{NINE},5 {NINE + 1},six &amp; seven {NINE},8</textarea>" in page
    assert there.rows == []


@pytest.mark.parametrize("typed", ["", "  \n ", "time,Count"])
def test_nothing_typed(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, typed: str) -> None:
    answer = property_there(bucket, my_bucket).write(as_athlete, typed)

    assert answer.status_code == 422
    assert "Rows: Type at least one row: a time, then a comma and the value." in said(answer)


def test_check_shows_how_rows_are_understood_and_writes_nothing(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)

    answer = there.write(as_athlete, "2026-11-21T09:00,5\n2026-11-21T10:00+10:00,6", check="yes")

    page = said(answer)
    assert answer.status_code == 200
    assert "2 rows, as we understand them. Nothing is written yet." in page
    assert '<th scope="row">21 Nov 2026, 09:00</th>' in page
    assert '<th scope="row">21 Nov 2026, 00:00</th>' in page
    assert "2026-11-21T09:00,5" in page.split("<textarea")[1]
    assert there.rows == []


def test_seconds_are_asked_about(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket)
    seconds = f"{NINE // 1000},5"

    assert "Did you mean seconds?" in said(there.write(as_athlete, seconds, check="yes"))
    assert "These times are in 1970." in messages_in(there.write(as_athlete, seconds))
    assert there.rows == [[NINE // 1000, 5]]


def test_ten_thousand_rows(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket)
    rows = [f"{NINE + place},{place}" for place in range(MOST_ROWS + 1)]

    assert "That's 10,001 rows. Write at most 10,000 at once." in said(there.write(as_athlete, "\n".join(rows)))
    assert there.rows == []
    answer = there.write(as_athlete, "\n".join(rows[:-1]))

    assert "Wrote 10,000 rows, and read them back." in messages_in(answer)
    assert len(there.rows) == MOST_ROWS
    assert bucket.stats()["calls"]["write_values"] > 1


def test_rows_are_written_again_without_doubling(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)

    there.write(as_athlete, f"{NINE},5")
    there.write(as_athlete, f"{NINE},6")

    assert there.rows == [[NINE, 6]]


def test_rows_that_bucket_skips_in_silence_are_named(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.fault("swallow", "write_values", items=1)

    answer = there.write(as_athlete, f"{NINE},5\n{NINE + 1},6")

    assert "Bucket said that it took 2 rows, but 1 of them are not there." in messages_in(answer)


def test_rows_that_cannot_be_read_back_are_said_to_be_written(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    there = property_there(bucket, my_bucket)
    bucket.fault("server_error", "read_property", skip=1)  # the first call is about the Property's dimensions

    answer = there.write(as_athlete, f"{NINE},5")

    assert "Wrote 1 row, but couldn't read it back. Bucket isn't answering" in messages_in(answer)
    assert there.rows == [[NINE, 5]]


@pytest.mark.parametrize("endpoint", ["write_values", "read_thing"])
def test_bucket_that_is_down_loses_nothing_that_was_typed(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings, endpoint: str
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    there = property_there(bucket, my_bucket)
    bucket.fault("server_error", endpoint)

    answer = there.write(as_athlete, f"{NINE},5")

    page = said(answer)
    assert answer.status_code == 503
    assert "Not written. Bucket isn't answering right now. Try again later." in page
    assert f"{NINE},5</textarea>" in page


def test_bucket_that_stops_between_two_requests_is_written_to_again(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    there = property_there(bucket, my_bucket, "TEXT")
    rows = "\n".join(f"{NINE + place},{'x' * 9000}" for place in range(15))
    fault = bucket.fault("server_error", "write_values", skip=1)

    answer = there.write(as_athlete, rows)

    assert "Not all rows are written. You can write them once more" in said(answer)
    assert 0 < len(there.rows) < 15
    bucket.clear_fault(fault)
    assert "Wrote 15 rows, and read them back." in messages_in(there.write(as_athlete, rows))
    assert len(there.rows) == 15


def test_bucket_that_is_slow_is_given_up_and_what_it_has_taken_is_said(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_writing, "WRITE_WITHIN_S", 3.0)
    there = property_there(bucket, my_bucket, "TEXT")
    rows = "\n".join(f"{NINE + place},{'x' * 9000}" for place in range(15))
    bucket.fault("hold", "write_values", skip=1)

    answer = there.write(as_athlete, rows)

    page = said(answer)
    assert answer.status_code == 503
    stored = len(there.rows)
    assert 0 < stored < 15
    assert f"Bucket has taken the first {stored} of 15 rows. Bucket is taking too long." in page
    assert "x" * 9000 in page


def test_slow_reading_back_is_given_up(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_writing, "WRITE_WITHIN_S", 3.0)
    there = property_there(bucket, my_bucket)
    bucket.fault("hold", "read_property", skip=1)

    answer = there.write(as_athlete, f"{NINE},5")

    assert "Wrote 1 row, but couldn't read it back. Bucket is taking too long." in messages_in(answer)


def test_rows_far_apart_are_read_back_without_those_between(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_access, "LONGEST_PAGE_ANSWER", 6000)
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[NINE - 30 * 86_400_000 + place, place] for place in range(1000)])

    answer = there.write(as_athlete, f"86400000,5\n{NINE},6")

    assert "Wrote 2 rows, and read them back." in messages_in(answer)


def test_few_ranges_hold_all_times() -> None:
    day = 86_400_000
    assert ranges_of([7]) == [(7, 7)]
    assert ranges_of([day, 1, 2]) == [(1, day)]
    assert ranges_of([3 * day, 1, 2]) == [(1, 2), (3 * day, 3 * day)]
    assert len(ranges_of(range(0, 100 * day, 2 * day))) == MOST_RANGES
    assert ranges_of(range(MOST_IN_RANGE + 1)) == [(0, MOST_IN_RANGE - 1), (MOST_IN_RANGE, MOST_IN_RANGE)]


def test_files_cannot_be_typed(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket, "PICTURE")

    assert "Values of this type are files" in said(as_athlete.get(there.page))
    answer = there.write(as_athlete, f"{NINE},1,2,3")

    assert answer.status_code == 422
    assert "Values of this type are files" in said(answer)


def test_form_needs_a_csrf_token(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(my_bucket.user)

    assert there.write(strict, f"{NINE},5").status_code == 403
    assert as_athlete.get(f"{there.page}values/").status_code == 405
    assert there.rows == []

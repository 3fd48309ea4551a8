"""/bucket/things/<id>/properties/<id>/: values of a range, as a table, a chart and CSV."""

import csv
import io
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection
from strava_live.http.retry import Retry
from strava_live.web.bucket_values import ROWS_ON_A_PAGE
from tests.web.my_bucket import MINUTE, NINE, property_there
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.once
DAY = 24 * 60 * MINUTE


def values_in(page: str) -> list[str]:
    """Return the last cell of each row of the table."""
    return [cell.split("</td>")[0].rpartition(">")[2] for cell in page.split("<td")[1:]]


def rows_of_csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_values_are_shown_newest_first(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[NINE + place * MINUTE, value] for place, value in enumerate([5, 1234, 2.5])])

    page = said(as_athlete.get(there.all_values))

    assert values_in(page) == ["2.5", "1,234", "5"]
    assert '<time datetime="2026-11-21T09:00:00.000Z">21 Nov 2026, 09:00</time>' in page
    assert 'Values <span class="soft figure">3</span>' in page
    assert "My watch · Count" in page
    assert "3 values from 21 Nov 2026, 09:00 to 21 Nov 2026, 09:02. Lowest 2.5, highest 1,234." in page
    assert f'href="{there.csv_of_all}"' in page


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"from": "0"}, ["3", "2", "1"]),
        ({"from": "", "to": ""}, ["3", "2", "1"]),
        ({"from": str(NINE), "to": str(NINE)}, ["1"]),
        ({"from": str(NINE + 1)}, ["3", "2"]),
        ({"to": str(NINE + DAY)}, ["2", "1"]),
        ({"from": "2026-11-22"}, ["3", "2"]),
        ({"to": "2026-11-21"}, ["1"]),
        ({"to": "2026-11-22"}, ["2", "1"]),
        ({"from": "2026-11-22T09:00", "to": "2026-11-22T09:00"}, ["2"]),
        ({"from": "2026-11-22T10:00:00+01:00", "to": "2026-11-22T09:00:00Z"}, ["2"]),
        ({"from": "2030-01-01"}, []),
    ],
)
def test_range_includes_both_ends(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, query: dict[str, str], values: list[str]
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[NINE, 1], [NINE + DAY, 2], [NINE + 2 * DAY, 3]])

    page = said(as_athlete.get(there.page, query))

    assert values_in(page) == values
    assert ("No values here" in page) is (not values)
    assert [row[1] for row in rows_of_csv(as_athlete.get(there.csv, query))[1:]] == values[::-1]


def test_without_a_range_the_last_year_is_read(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there, now = property_there(bucket, my_bucket), round(time.time() * 1000)
    bucket.write_rows(there.id, [[now - 400 * DAY, 1], [now - 300 * DAY, 2]])

    page = said(as_athlete.get(there.page))

    assert values_in(page) == ["2"]
    assert '" aria-current="true">A year</a>' in page
    assert f'<a href="{there.all_values}">Everything</a>' in page
    assert [row[1] for row in rows_of_csv(as_athlete.get(there.csv))] == ["Count", "2"]
    for address in (there.all_values, f"{there.page}?from=&to="):
        everything = said(as_athlete.get(address))
        assert values_in(everything) == ["2", "1"]
        assert '" aria-current="true">Everything</a>' in everything
        assert f'href="{there.csv_of_all}"' in everything
        assert 'value="1970' not in everything


def test_property_without_values_of_the_last_year_leads_to_older_ones(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[DAY, 1]])

    page = said(as_athlete.get(there.page))

    assert "There are none from the last year." in page
    assert f'<a href="{there.all_values}">Show everything</a>' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "yesterday"}, "From: “yesterday” is not a time."),
        ({"to": "2026-02-30"}, "To: “2026-02-30T23:59:59.999” is not a time."),
        ({"to": "9999-12-31"}, "To: The time is after 2262. Bucket can't store it."),
        ({"from": str(NINE + 1), "to": str(NINE)}, "To: The first time is after the last."),
        ({"from": "1" * 41}, "at most 40 characters"),
    ],
)
def test_wrong_ranges(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, query: dict[str, str], words: str
) -> None:
    there = property_there(bucket, my_bucket)

    answer = as_athlete.get(there.page, query)

    assert answer.status_code == 422
    assert words in said(answer)
    assert "<h1>Steps</h1>" in said(answer)
    assert as_athlete.get(there.csv, query).headers["Location"].startswith(f"{there.page}?")


def test_time_in_the_hour_that_comes_twice_stays_the_same_when_the_range_is_sent_again(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    User.objects.update(time_zone="Europe/Amsterdam")
    there = property_there(bucket, my_bucket)
    first, second = (int(datetime(2026, 10, 25, hour, 30, tzinfo=UTC).timestamp()) * 1000 for hour in (0, 1))
    bucket.write_rows(there.id, [[first, 1], [second, 2]])

    page = said(as_athlete.get(there.page, {"from": str(second), "to": str(second)}))
    shown = dict(re.findall(r'<input type="text" name="(from|to)" value="([^"]+)"', page))

    assert shown == {"from": "2026-10-25T02:30:00.000+01:00", "to": "2026-10-25T02:30:00.000+01:00"}
    assert values_in(said(as_athlete.get(there.page, shown))) == ["2"]
    assert 'type="datetime-local"' in said(as_athlete.get(there.page, {"from": str(first)}))


def test_columns_are_in_their_usual_order(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    """Bucket reverses the dimensions of a Property that is read alone, and not its values."""
    there = property_there(bucket, my_bucket, "LOCATION")
    bucket.write_rows(there.id, [[NINE, 4.35, 52.01]])

    page = said(as_athlete.get(there.all_values))

    assert page.index(">Longitude (°)<") < page.index(">Latitude (°)<")
    assert values_in(page) == ["4.35", "52.01"]
    assert "The headings may be interchanged" in page
    assert rows_of_csv(as_athlete.get(there.csv_of_all)) == [
        ["time", "Longitude", "Latitude"],
        [str(NINE), "4.35", "52.01"],
    ]


def test_texts_have_no_chart_and_are_escaped(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket, "TEXT")
    bucket.write_rows(there.id, [[NINE, "<script>alert(1)</script>"]])

    page = said(as_athlete.get(there.all_values))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<svg class="chart' not in page


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Morning run", "Morning run"),
        ("=1+1", "'=1+1"),
        ("+44 20", "'+44 20"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "\t'=1"),
        ('Quoted "text", with a comma', 'Quoted "text", with a comma'),
        ("Zoë 🏃", "Zoë 🏃"),
    ],
)
def test_csv_cannot_run_formulas(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, text: str, cell: str
) -> None:
    there = property_there(bucket, my_bucket, "TEXT", name="Räksmörgås, =1")
    bucket.write_rows(there.id, [[NINE, text]])

    answer = as_athlete.get(there.csv_of_all)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment; filename*=utf-8''r%C3%A4ksm%C3%B6rg%C3%A5s-1.csv" in answer.headers["Content-Disposition"]
    assert rows_of_csv(answer) == [["time", "Text"], [str(NINE), cell]]


def test_csv_of_negative_numbers_has_numbers(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[NINE, -5], [NINE + 1, 0.1]])

    assert as_athlete.get(there.csv_of_all).content == f"time,Count\r\n{NINE},-5\r\n{NINE + 1},0.1\r\n".encode()


def test_csv_is_also_at_the_address_of_the_page(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)

    assert as_athlete.get(f"{there.page}.csv").content == as_athlete.get(there.csv_of_all).content == b"time,Count\r\n"


def test_downloaded_csv_can_be_written_back(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there, copy = (property_there(bucket, my_bucket, "TEXT") for _ in range(2))
    texts = ['Run, "fast"', "Zoë", "+31 6 1234", "-5", "=1+1", "'=1+1", "a; =b", "'quoted'"]
    bucket.write_rows(there.id, [[NINE + place, text] for place, text in enumerate(texts)])

    copy.write(as_athlete, as_athlete.get(there.csv_of_all).content.decode())

    assert copy.rows == there.rows


def test_many_values_are_on_several_pages(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    count = 2 * ROWS_ON_A_PAGE + 1
    bucket.write_rows(there.id, [[NINE + place, place] for place in range(count)])

    first, last = (said(as_athlete.get(there.page, {"from": "0", "page": page})) for page in ("1", "9999"))

    assert len(values_in(first)) == ROWS_ON_A_PAGE
    assert values_in(first)[0] == f"{count - 1}"
    assert "Page 1 of 3" in first
    assert f'href="{there.page}?from=0&amp;page=2" rel="next"' in first
    assert values_in(last) == ["0"]
    assert 'rel="prev"' in last
    assert len(rows_of_csv(as_athlete.get(there.csv_of_all))) == count + 1


def test_missing_property_of_an_own_thing(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.delete_property(there.id)

    assert as_athlete.get(there.page).status_code == 404
    assert as_athlete.get(there.csv_of_all).status_code == 404


@pytest.mark.parametrize("endpoint", ["read_property", "*"])
def test_bucket_that_fails_is_said_on_the_page(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings, endpoint: str
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    there = property_there(bucket, my_bucket)
    bucket.fault("server_error", endpoint)

    answer = as_athlete.get(there.page)

    page = said(answer)
    assert answer.status_code == 503
    assert "Bucket isn't answering right now. Try again later." in page
    assert ("<h1>Steps</h1>" in page) is (endpoint == "read_property")
    download = as_athlete.get(there.csv_of_all)
    assert download.headers["Location"].startswith(there.page)
    assert "Bucket isn't answering right now." in messages_in(download)

"""Anything but a faultless list of parkruns is refused with a sentence, and changes nothing."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from strava_live.parkrun import source
from strava_live.parkrun.listing import UnusableListing, read_listing
from strava_live.parkrun.loading import load_list
from strava_live.parkrun.models import ParkrunEvent
from tests.parkrun.lists import Row, as_csv, as_geojson, bundled_rows, some_rows

pytestmark = pytest.mark.once

HEADER = "event_id,slug,name,short_name,country_code,region,latitude,longitude,series\n"


def changed(**values: Any) -> bytes:
    rows: list[Row] = some_rows("bushy", "cardiff")
    rows[1] |= values
    return as_csv(rows)


GARBAGE = [
    ("nothing", b"", "columns that are needed"),
    ("only a header", HEADER.encode(), "The list has no events"),
    ("a picture", b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8 text"),
    ("compressed", gzip.compress(b"{}"), "not UTF-8 text"),
    ("prose", b"Dear operator,\nhere is the list.", "neither parkrun's events.json nor a CSV"),
    ("a web page", b"<!DOCTYPE html><title>Forbidden</title>", "neither parkrun's events.json nor a CSV"),
    ("half a JSON", b'{"events": {"features": [', "begins like JSON but is not valid"),
    ("deep JSON", b"[" * 100_000, "begins like JSON but is not valid"),
    ("other JSON", b'{"a": 1}', "not parkrun's events.json"),
    ("a JSON list", b"[1, 2]", "not parkrun's events.json"),
    ("features that are none", b'{"features": [1, null, {}]}', "event 1: it does not have the fields"),
    ("an unclosed quote", (HEADER + '1,"bushy,Bushy\n').encode(), "cannot be read"),
    ("a row too short", (HEADER + "1,bushy\n").encode(), "line 2: it does not have the fields"),
    ("a row too long", (HEADER + "1,a,b,c,GB,England,51,0,5k,more\n").encode(), "line 2: it does not have the fields"),
    ("no latitude", changed(latitude="north"), r"line 3: \(north, .*\) is not a valid place"),
    ("beyond the pole", changed(latitude="91"), "is not a valid place"),
    ("not a number", changed(longitude="nan"), "is not a valid place"),
    ("the null island", changed(latitude="0", longitude="0"), "is not a valid place"),
    ("no number", changed(event_id="x1"), "line 3: event_id 'x1' is not a positive number"),
    ("a number too large", changed(event_id="9" * 30), "is not a positive number"),
    ("another series", changed(series="10k"), "neither 5k nor junior"),
    ("no name", changed(name=" "), "name '' is empty"),
    ("a name too long", changed(name="x" * 500), "is empty, too long"),
    ("a slug with a slash", changed(slug="../etc"), "other characters than letters"),
    ("a country in words", changed(country_code="Great Britain"), "is not two letters"),
    ("the same number twice", changed(event_id="1"), "event_id 1 is listed twice"),
    ("the same slug twice", changed(slug="bushy"), "slug bushy is listed twice"),
]


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in GARBAGE], ids=[case[0] for case in GARBAGE])
def test_garbage_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnusableListing, match=words) as refused:
        read_listing(content)

    assert len(str(refused.value)) < 600


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: (HEADER + text).encode("utf-8", "replace"))
    )
)
def test_any_content_is_read_or_refused(content: bytes) -> None:
    with suppress(UnusableListing):
        assert read_listing(content)


def test_csv_and_geojson_give_the_same_events() -> None:
    by_csv = {row.slug: row for row in read_listing(as_csv(bundled_rows()))}
    by_geojson = {row.slug: row for row in read_listing(as_geojson(bundled_rows()))}

    assert by_csv.keys() == by_geojson.keys()
    for slug, row in by_csv.items():
        other = by_geojson[slug]
        assert (row.event_id, row.name, row.latitude, row.junior) == (
            other.event_id,
            other.name,
            other.latitude,
            other.junior,
        )
        assert other.country in (row.country, "ZA")


def test_csv_may_have_extra_columns_and_a_byte_order_mark() -> None:
    rows = "name,event_id,slug,short_name,country_code,region,latitude,longitude,series,location\n"
    rows += "Bushy parkrun,1,bushy,Bushy Park,GB,England,51.41,-0.33,5k,Teddington\n"

    (row,) = read_listing(b"\xef\xbb\xbf" + rows.encode())

    assert (row.slug, row.country, row.junior) == ("bushy", "GB", False)


class ListServer(BaseHTTPRequestHandler):
    """Serves a list, and a few faulty answers, by path."""

    def do_GET(self) -> None:
        if self.path == "/events.json":
            return self._answer(200, as_geojson(some_rows("bushy", "cardiff")))
        if self.path == "/large":
            return self._answer(200, b"x" * (source.LARGEST_BYTES + 10))
        if self.path == "/away":
            return self._answer(302, b"", location="http://parkrun.example/events.json")
        if self.path == "/moved":
            return self._answer(302, b"", location="/events.json")
        if self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"events"')
            return None
        return self._answer(403 if self.path == "/forbidden" else 404, b"<html>No</html>")

    def _answer(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ListServer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/events.json", "/moved"])
def test_command_loads_from_an_address(site: str, path: str) -> None:
    output = StringIO()

    call_command("load_parkrun_events", site + path, stdout=output)

    assert output.getvalue().splitlines() == ["2 new: Bushy parkrun; Cardiff parkrun", "2 events on the list."]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("{site}/nothing", "answered 404"),
        ("{site}/forbidden", "answered 403"),
        ("{site}/large", "larger than 20 MB"),
        ("{site}/away", "does not begin with https"),
        ("{site}/cut", "begins like JSON but is not valid|cannot be fetched"),
        ("http://127.0.0.1:1/events.json", "cannot be fetched"),
        ("http://parkrun.example/events.json", "does not begin with https"),
        ("ftp://127.0.0.1/events.json", "does not begin with https"),
        ("file:///etc/hostname", "does not begin with https"),
        ("https://[bad/events.json", "is not a valid address"),
        ("/no/such/file.csv", "cannot be read"),
        ("/", "cannot be read"),
    ],
)
def test_command_refuses_a_bad_source_with_a_sentence(site: str, address: str, words: str) -> None:
    load_list(read_listing(as_csv(some_rows("bushy", "cardiff"))), today=date(2026, 11, 20))
    before = list(ParkrunEvent.objects.values())

    with pytest.raises(CommandError, match=f"({words}).*Nothing was changed"):
        call_command("load_parkrun_events", address.format(site=site))

    assert list(ParkrunEvent.objects.values()) == before


@pytest.mark.django_db
def test_command_refuses_garbage_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(changed(latitude="north"))

    with pytest.raises(CommandError, match=r"line 3: .*Nothing was changed"):
        call_command("load_parkrun_events", str(path))

    assert not ParkrunEvent.objects.exists()

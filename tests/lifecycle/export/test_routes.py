"""Routes as GPX: which activities have a track, what a track says, and that the files are valid XML."""

from datetime import timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from strava_live.accounts.models import User
from strava_live.activities.models import GONE
from tests.lifecycle.export.everything import ReadExport, export_of
from tests.web import kept

pytestmark = pytest.mark.django_db
NS = {"": "http://www.topografix.com/GPX/1/1"}


def tracks(exported: ReadExport, year: int) -> list[Element]:
    root = fromstring(exported.texts[f"routes/{year}.gpx"])  # noqa: S314 made by this site
    return root.findall("trk", NS)


def test_each_year_has_a_file_with_a_track_for_each_activity(athlete: User, clubmate: User) -> None:
    for number, days in enumerate((1, 2, 400), start=1):
        kept.activity(athlete, number, start=kept.NEWEST - timedelta(days=days))
    kept.activity(athlete, 4, polyline="")
    kept.activity(athlete, 5, polyline="_p~iF")
    kept.activity(athlete, 6, visibility=GONE, polyline="")
    kept.activity(clubmate, 7)
    exported = export_of(athlete)

    assert {year: len(tracks(exported, year)) for year in (2026, 2025)} == {2026: 2, 2025: 1}
    assert [name for name in exported.texts if name.endswith(".gpx")] == ["routes/2026.gpx", "routes/2025.gpx"]


def test_track_names_activity_device_and_day_and_has_no_times(athlete: User) -> None:
    kept.activity(athlete, 41, name="Loop <&> \x08“fast”", device_name="Garmin Forerunner 255", sport_type="TrailRun")
    (track,) = tracks(export_of(athlete), 2026)

    texts = {name: track.findtext(name, namespaces=NS) for name in ("name", "desc", "src", "type", "link/text")}
    assert texts == {
        "name": "Loop <&> “fast”",
        "desc": "4 October 2026",
        "src": "Garmin Forerunner 255",
        "type": "TrailRun",
        "link/text": "View on Strava",
    }
    link = track.find("link", NS)
    assert link is not None
    assert link.attrib == {"href": "https://www.strava.com/activities/41"}
    points = [point.attrib for point in track.findall("trkseg/trkpt", NS)]
    assert points[0] == {"lat": "38.50000", "lon": "-120.20000"}
    assert len(points) == 3
    assert not track.findall(".//time", NS)


def test_device_of_another_make_is_not_named(athlete: User) -> None:
    kept.activity(athlete, 41, device_name="Coros Pace 3")

    (track,) = tracks(export_of(athlete), 2026)

    assert track.find("src", NS) is None


def test_year_is_that_of_the_local_clock(athlete: User) -> None:
    """A run in Brisbane on the morning of 1 January started on 31 December in UTC."""
    start = kept.NEWEST.replace(year=2025, month=12, day=31, hour=21)
    kept.activity(athlete, 41, start=start, wall_clock="2026-01-01T07:00:00", utc_offset_s=36_000)

    assert len(tracks(export_of(athlete), 2026)) == 1

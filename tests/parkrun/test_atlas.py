"""The atlas finds events near any point on earth, by slug, by name and in titles."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.parkrun import places
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.geometry import Point, metres_between
from tests.parkrun.recorded import atlas, event

latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([90.0, -90.0, 89.9999, -89.9999, 0.0]))
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -180.0, 179.9999, -179.9999]))
points = st.tuples(latitudes, longitudes)


def at(slug: str, latitude: float, longitude: float) -> Event:
    return replace(event("bushy"), slug=slug, latitude=latitude, longitude=longitude)


@given(places=st.lists(points, min_size=1, max_size=30), point=points, within_m=st.floats(1, 2e7))
def test_near_finds_the_same_events_as_measuring_all(
    places: list[tuple[float, float]], point: tuple[float, float], within_m: float
) -> None:
    events = [at(str(number), *place) for number, place in enumerate(places)]

    found = {nearby.event.slug for nearby in Atlas(events).near(point, within_m=within_m)}

    clearly_in = {one.slug for one in events if metres_between(point, one.places[0]) < within_m * 0.999 - 0.01}
    clearly_out = {one.slug for one in events if metres_between(point, one.places[0]) > within_m * 1.001 + 0.01}
    assert clearly_in <= found
    assert not clearly_out & found


def test_near_works_across_the_pole_and_the_antimeridian() -> None:
    events = Atlas([at("pole", 89.999, 0.0), at("fiji", -17.0, 179.999)])

    assert [one.event.slug for one in events.near((89.999, 180.0), within_m=300)] == ["pole"]
    assert [one.event.slug for one in events.near((-17.0, -179.999), within_m=300)] == ["fiji"]


def test_near_returns_each_event_once_and_the_nearest_first() -> None:
    moved = replace(event("holmepierrepont"), former_places=((52.9452, -1.0979),))

    found = Atlas([event("colwick"), moved]).near((52.9451, -1.0979), (52.9428, -1.0929), within_m=2000)

    assert [one.event.slug for one in found] == ["holmepierrepont", "colwick"]
    assert found[0].metres < 20


@pytest.mark.parametrize("slug", ["bushy", "hagley", "colwick", "cornerbrookstreamtrail"])
def test_nearest_event_of_an_events_place_is_that_event(slug: str) -> None:
    where = event(slug)

    nearest = atlas().nearest((where.latitude, where.longitude), count=3)

    assert nearest[0].event == where
    assert len(nearest) == 3
    assert nearest == sorted(nearest, key=lambda one: one.metres)


def test_nearest_event_may_be_thousands_of_kilometres_away() -> None:
    assert atlas().nearest((-48.9, -123.4), count=1)[0].metres > 2_000_000
    assert Atlas(()).nearest((0.0, 0.0), count=3) == []


def test_near_gives_the_same_in_threads() -> None:
    asked = points_near_events()

    alone = [atlas().near(point, within_m=2000) for point in asked]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda point: atlas().near(point, within_m=2000), asked))

    assert together == alone


def test_near_looks_at_a_small_part_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the visited places: one in fifty, on average. bench/latency.py measures the time."""
    visited = 0

    class CountedNode(places.TreeNode):
        def __iter__(self) -> Iterator[Any]:
            nonlocal visited
            visited += 1
            return super().__iter__()

    monkeypatch.setattr(places, "TreeNode", CountedNode)
    counting = Atlas(atlas().events)
    asked = points_near_events()
    for point in asked:
        counting.near(point, within_m=2000)

    assert 0 < visited / len(asked) < len(atlas()) / 50


def points_near_events() -> list[Point]:
    chance = random.Random(7)
    return [(one.latitude + chance.uniform(-0.1, 0.1), one.longitude) for one in atlas().events]


def test_by_slug_finds_present_and_former_slugs() -> None:
    events = Atlas([replace(event("bushy"), former_slugs=("bushypark", "cardiff")), event("cardiff")])

    assert [found.slug for slug in ("bushy", "bushypark", "cardiff") if (found := events.by_slug(slug))] == [
        "bushy",
        "bushy",
        "cardiff",
    ]
    assert events.by_slug("nowhere") is None


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bushy parkrun #212", "bushy"),
        ("Saturday at Bushy Park", "bushy"),
        ("bushyparkrun", "bushy"),
        ("New Farm parkrun", "newfarm"),
        ("NEW FARM!!", "newfarm"),
        ("parkrun Lodz", "lodz"),
        ("PARKRUN ŁÓDŹ", "lodz"),
        ("Amager Faelled parkrun", "amager"),
        ("parkrun with the gang", None),
        ("parkrun", None),
        ("", None),
        ("Brighton & Hove parkrun 🌳", "brighton"),
    ],
)
def test_title_names_an_event(title: str, slug: str | None) -> None:
    named = atlas().named_in(title, junior=False)

    assert (named.slug if named else None) == slug


def test_title_names_a_junior_event() -> None:
    assert (named := atlas().named_in("Bushy junior parkrun", junior=True))
    assert named.slug == "bushy-juniors"


def test_search_returns_names_that_begin_with_the_text_first() -> None:
    slugs = [found.slug for found in atlas().search("bush", count=10)]

    assert slugs[0].startswith("bush")
    assert "bushy" in slugs
    assert atlas().search("łódź", count=5)[0].slug == "lodz"
    assert atlas().search("lodz", count=5)[0].slug == "lodz"
    assert atlas().search("   ", count=5) == []
    assert atlas().search("no such place", count=5) == []
    assert len(atlas().search("park", count=7)) == 7

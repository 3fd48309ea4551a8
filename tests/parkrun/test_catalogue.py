"""The catalogue in memory: read once, shared by threads, and read again when stored events change."""

from datetime import date, time

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.parkrun import admin as _registered  # noqa: F401 - as strava_live/admin.py does
from strava_live.parkrun.catalogue import Catalogue
from strava_live.parkrun.listing import read_listing
from strava_live.parkrun.loading import load_list
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.simulated import SimulatedSaturday
from tests.parkrun.lists import as_csv, some_rows
from tests.together import at_once

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def load_some(*slugs: str) -> None:
    load_list(read_listing(as_csv(some_rows(*slugs))), today=TODAY, close_many=True)


def test_catalogue_is_read_once_and_its_version_checked_at_intervals() -> None:
    load_some("bushy", "cardiff")
    clock = Clock()
    catalogue = Catalogue(check_every_s=5, clock=clock)

    with CaptureQueriesContext(connection) as first:
        atlas = catalogue.atlas()
    with CaptureQueriesContext(connection) as thousand:
        for _ in range(1000):
            assert catalogue.atlas() is atlas
    clock.now += 6
    with CaptureQueriesContext(connection) as later:
        assert catalogue.atlas() is atlas

    assert [len(queries) for queries in (first, thousand, later)] == [2, 0, 1]
    assert {event.slug for event in atlas.events} == {"bushy", "cardiff"}


def test_catalogue_notices_a_new_list() -> None:
    load_some("bushy", "cardiff")
    clock = Clock()
    catalogue = Catalogue(check_every_s=5, clock=clock)
    before = catalogue.atlas()

    load_some("bushy", "cardiff", "durham")

    assert catalogue.atlas() is before
    clock.now += 6
    assert catalogue.atlas().by_slug("durham") is not None


def test_catalogue_keeps_its_atlas_when_a_list_changes_nothing() -> None:
    load_some("bushy", "cardiff")
    catalogue = Catalogue(check_every_s=0)
    before = catalogue.atlas()

    load_some("bushy", "cardiff")

    assert catalogue.atlas() is before


def test_catalogue_has_the_start_that_an_operator_entered() -> None:
    load_some("bushy", "westerfolds")
    catalogue = Catalogue(check_every_s=0)
    assert [event.other_starts for event in catalogue.atlas().events] == [(), (time(7),)]

    event = ParkrunEvent.objects.get(slug="westerfolds")
    event.start_override = time(7, 30)
    event.save()

    found = catalogue.atlas().by_slug("westerfolds")
    assert found is not None
    assert (found.starts, found.other_starts) == (time(7, 30), ())


def test_catalogue_without_events_is_empty() -> None:
    assert len(Catalogue().atlas()) == 0


def test_catalogue_is_read_once_for_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalogue(check_every_s=60)
    checks = []

    def check() -> None:
        checks.append(1)
        catalogue.checked_at = catalogue.clock()

    monkeypatch.setattr(catalogue, "check_version", check)

    at_once(8, catalogue.atlas)

    assert len(checks) == 1


def test_operator_can_enter_a_start_and_nothing_else(operator: User, rf: RequestFactory) -> None:
    load_some("bushy")
    event = ParkrunEvent.objects.get()
    request = rf.post("/")
    request.user = operator
    page = admin.site.get_model_admin(ParkrunEvent)
    form = page.get_form(request, event)({"start_override": "09:30", "slug": "mine"}, instance=event)

    assert form.is_valid(), form.errors
    page.save_model(request, form.save(commit=False), form, change=True)

    stored = ParkrunEvent.objects.get()
    assert (stored.slug, stored.as_event().starts) == ("bushy", time(9, 30))
    assert not page.has_add_permission(request)
    assert not page.has_delete_permission(request)


def test_simulated_saturdays_stay_when_events_change() -> None:
    load_some("bushy")
    clock = Clock()
    catalogue = Catalogue(check_every_s=5, clock=clock)
    saturdays = (SimulatedSaturday.at("bushy", "2026-11-27T14:05Z"),)

    catalogue.accept(saturdays)
    before = catalogue.atlas()
    load_some("bushy", "cardiff")
    clock.now += 6
    after = catalogue.atlas()
    catalogue.accept(saturdays)

    assert before.simulated == after.simulated == saturdays
    assert len(after) == 2
    assert catalogue.atlas() is after, "the same Saturdays again make no new atlas"
    catalogue.accept(())
    assert (catalogue.atlas().simulated, len(catalogue.atlas())) == ((), 2)

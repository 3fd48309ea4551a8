"""An empty or old catalogue is reported with advice. A release loads the bundled list only if it is newer."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from strava_live.parkrun import loading
from strava_live.parkrun.bundled import BUNDLED_ON
from strava_live.parkrun.freshness import FreshnessWarning, catalogue_freshness
from strava_live.parkrun.models import CatalogueState, LoadedList, ParkrunEvent
from tests.parkrun.lists import as_csv, some_rows

pytestmark = pytest.mark.django_db

FEW = ("bushy", "cardiff", "edinburgh", "newfarm")
TODAY = BUNDLED_ON + timedelta(days=90)


def release() -> tuple[str, str]:
    output, errors = StringIO(), StringIO()
    call_command("load_parkrun_events", "--if-newer", stdout=output, stderr=errors)
    return output.getvalue(), errors.getvalue()


def bundle(monkeypatch: pytest.MonkeyPatch, *slugs: str, dated: date) -> None:
    """Replace the bundled list, as a later version of the site does."""
    monkeypatch.setattr(loading, "BUNDLED_ON", dated)
    monkeypatch.setattr(loading, "bundled_list", lambda: as_csv(some_rows(*slugs)))


def names_of_events() -> set[str]:
    return set(ParkrunEvent.objects.filter(closed_on=None).values_list("slug", flat=True))


def test_date_of_the_bundled_list_is_that_in_its_source_file() -> None:
    source = Path(loading.__file__).parent / "data" / "SOURCE.md"

    assert f"of {BUNDLED_ON} " in source.read_text()


def test_release_fills_an_empty_catalogue_and_the_next_one_changes_nothing() -> None:
    first, _ = release()
    version = CatalogueState.current_version()
    second, _ = release()

    assert "2,965 events on the list." in first
    assert second == "Nothing was loaded: the parkrun events are as new as the bundled list.\n"
    assert CatalogueState.loaded_list() == LoadedList("bundled", BUNDLED_ON)
    assert CatalogueState.current_version() == version


def test_release_loads_a_bundled_list_that_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle(monkeypatch, *FEW[:3], dated=date(2026, 1, 1))
    release()
    bundle(monkeypatch, *FEW, dated=date(2026, 2, 1))

    output, _ = release()

    assert output.startswith("1 new: New Farm parkrun")
    assert names_of_events() == set(FEW)


@pytest.mark.parametrize("days", [0, 1, 300])
def test_release_keeps_a_newer_list_that_an_operator_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(as_csv(some_rows(*FEW)))
    call_command("load_parkrun_events", str(file), stdout=StringIO())
    loaded = CatalogueState.loaded_list()
    assert loaded is not None
    bundle(monkeypatch, *FEW[:3], dated=loaded.dated - timedelta(days=days))

    release()

    assert names_of_events() == set(FEW)
    assert CatalogueState.loaded_list() == loaded


@pytest.mark.usefixtures("events")
def test_release_leaves_events_whose_list_has_no_date() -> None:
    """They were loaded by a version of the site that did not store the date."""
    ParkrunEvent.objects.filter(slug="cardiff").update(name="Newer Cardiff parkrun")
    CatalogueState.objects.update(list_source="", list_dated=None)

    release()

    assert ParkrunEvent.objects.get(slug="cardiff").name == "Newer Cardiff parkrun"


def test_release_with_a_shrunken_list_continues_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle(monkeypatch, *FEW, dated=date(2026, 1, 1))
    release()
    bundle(monkeypatch, "bushy", dated=date(2026, 2, 1))

    _, errors = release()

    assert "would close more than one in ten" in errors
    assert errors.endswith("Nothing was changed; the release continues.\n")
    assert names_of_events() == set(FEW)


def test_release_takes_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="takes no FILE"):
        call_command("load_parkrun_events", str(tmp_path / "x.csv"), "--if-newer")


def test_empty_catalogue_is_reported() -> None:
    found = catalogue_freshness(TODAY)

    assert (found.good, found.what) == (False, "none are loaded: no parkrun is recognised")
    assert found.advice == "run manage.py load_parkrun_events"


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(("days", "good"), [(0, True), (180, True), (181, False)])
def test_catalogue_is_reported_as_old_after_half_a_year(days: int, good: bool) -> None:
    found = catalogue_freshness(BUNDLED_ON + timedelta(days=days))

    assert found.good is good
    assert str(BUNDLED_ON) in found.what
    assert ("https://images.parkrun.com/events.json" in found.advice) is not good


@pytest.mark.usefixtures("events")
def test_catalogue_of_unknown_age_is_reported() -> None:
    CatalogueState.objects.update(list_source="", list_dated=None)

    assert catalogue_freshness(TODAY).what == "2,965, of a list whose date is not known"


def test_warning_is_logged_at_the_first_call_and_then_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    clock = [0.0]
    warn = FreshnessWarning(clock=lambda: clock[0])

    logged = []
    for clock[0] in (0.0, 10.0, 3599.0, 3600.0, 3700.0):
        warn()
        logged.append(len(caplog.records))

    assert logged == [1, 1, 1, 2, 2]
    assert vars(caplog.records[0])["events"] == "none are loaded: no parkrun is recognised"


@pytest.mark.usefixtures("events")
def test_no_warning_is_logged_while_the_catalogue_is_up_to_date(caplog: pytest.LogCaptureFixture) -> None:
    CatalogueState.store_list(LoadedList(CatalogueState.OPERATOR, timezone.now().date()))

    FreshnessWarning()()

    assert caplog.records == []

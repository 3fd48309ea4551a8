"""Loading lists of events: again, and with renamed, moved, closed and reopened events."""

from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.listing import UnusableListing, read_listing
from strava_live.parkrun.loading import ListChanges, load_list
from strava_live.parkrun.models import CatalogueState, ParkrunEvent
from tests.parkrun.lists import Row, as_csv, as_geojson, bundled_rows, some_rows

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
FEW = ("bushy", "cardiff", "edinburgh", "newfarm", "windhoek", "mbabane", "delta", "richmondolympic", "bushy-juniors")


def load_rows(rows: list[Row], *, today: date = TODAY, close_many: bool = False) -> ListChanges:
    return load_list(read_listing(as_csv(rows)), today=today, close_many=close_many)


def kinds(changes: ListChanges) -> dict[str, list[str]]:
    return {kind: events for kind, events in changes.by_kind().items() if events}


def command(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("load_parkrun_events", *arguments, stdout=output)
    return output.getvalue().splitlines()


def everything() -> list[tuple[object, ...]]:
    return list(ParkrunEvent.objects.order_by("pk").values_list())


def test_command_loads_the_bundled_list_and_the_second_time_changes_nothing() -> None:
    first = command()
    loaded, version = everything(), CatalogueState.current_version()

    second = command()

    assert first[0].startswith("2,965 new: Bushy parkrun; ")
    assert first[0].endswith(", and 2,955 more")
    assert first[1].startswith("23 closed before this list: parkrun du Bois de Boulogne, Paris; ")
    assert second == ["Nothing has changed: 2,965 events on the list."]
    assert everything() == loaded
    assert CatalogueState.current_version() == version
    assert not ParkrunEvent.objects.filter(start_default=None).exists()
    assert not ParkrunEvent.objects.filter(time_zone="").exists()


@pytest.mark.usefixtures("events")
def test_bundled_list_adds_the_events_that_had_closed_before_it() -> None:
    gone = ParkrunEvent.objects.get(slug="montsouris")
    assert (gone.country, gone.time_zone, gone.start_default, gone.closed_on) == (
        "FR",
        "Europe/Paris",
        time(9),
        date(2022, 7, 3),
    )
    assert not ParkrunEvent.objects.filter(time_zone="").exists()


@pytest.mark.usefixtures("events")
def test_release_adds_closed_events_to_a_catalogue_that_is_new_enough() -> None:
    ParkrunEvent.objects.filter(slug="gorkypark").delete()

    assert command("--if-newer")[1:] == ["Closed events added: 1, which had closed before that list was made."]
    assert command("--if-newer") == ["Nothing was loaded: the parkrun events are as new as the bundled list."]


@pytest.mark.usefixtures("events")
def test_closed_event_that_is_listed_again_is_open() -> None:
    rows = [*bundled_rows(), some_rows("bushy")[0] | {"event_id": "99999", "slug": "montsouris", "name": "Montsouris"}]
    rows[-1] |= {"latitude": "48.8201", "longitude": "2.3399", "country_code": "FR", "region": "Ile-de-France"}

    assert kinds(load_rows(rows))["open again"] == ["Montsouris"]
    assert ParkrunEvent.objects.get(slug="montsouris").event_id == 99999


def test_load_of_parkruns_geojson_fills_in_the_regions() -> None:
    """The bundled list has the regions that parkrun's list lacks, so nothing differs afterwards."""
    load_rows(bundled_rows())
    loaded = everything()

    changes = load_list(read_listing(as_geojson(bundled_rows())), today=TODAY)

    assert kinds(changes) == {}
    assert everything() == loaded


def test_load_of_geojson_alone_gives_zone_and_start() -> None:
    load_list(read_listing(as_geojson(some_rows(*FEW))), today=TODAY)

    given = {event.slug: (event.country, event.time_zone, event.start_default) for event in ParkrunEvent.objects.all()}
    assert given == {
        "bushy": ("GB", "Europe/London", time(9)),
        "cardiff": ("GB", "Europe/London", time(9)),
        "edinburgh": ("GB", "Europe/London", time(9, 30)),
        "newfarm": ("AU", "Australia/Brisbane", time(7)),
        "windhoek": ("NA", "Africa/Windhoek", time(8)),
        "mbabane": ("SZ", "Africa/Mbabane", time(8)),
        "delta": ("ZA", "Africa/Johannesburg", time(8)),
        "richmondolympic": ("CA", "America/Vancouver", time(9)),
        "bushy-juniors": ("GB", "Europe/London", time(9)),
    }


def test_load_renames_an_event_and_keeps_its_row_and_its_former_slug() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    before = ParkrunEvent.objects.get(slug="bushy").pk
    rows[0] |= {"slug": "bushypark", "name": "Bushy Park parkrun"}

    changes = load_rows(rows)

    assert kinds(changes) == {"renamed": ["Bushy parkrun → Bushy Park parkrun (bushy → bushypark)"]}
    after = ParkrunEvent.objects.get(slug="bushypark")
    assert (after.pk, after.former_slugs) == (before, ["bushy"])
    found = catalogue.atlas().by_slug("bushy")
    assert found is not None
    assert found.slug == "bushypark"


def test_load_moves_an_event_and_keeps_its_former_place() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    was = ParkrunEvent.objects.get(slug="bushy")
    rows[0] |= {"latitude": "51.430992"}

    changes = load_rows(rows)

    assert kinds(changes) == {"moved": ["Bushy parkrun, by 2.2 km"]}
    now = ParkrunEvent.objects.get(slug="bushy")
    assert now.pk == was.pk
    assert (now.latitude, now.former_places) == (51.430992, [[was.latitude, was.longitude]])


def test_load_corrects_a_pin_without_keeping_the_former_place() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    rows[0] |= {"latitude": "51.411000"}

    assert kinds(load_rows(rows)) == {"corrected": ["Bushy parkrun"]}
    assert ParkrunEvent.objects.get(slug="bushy").former_places == []


def test_load_closes_a_missing_event_and_reopens_it() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    before = ParkrunEvent.objects.get(slug="cardiff").pk

    closed = load_rows([row for row in rows if row["slug"] != "cardiff"])
    again = load_rows([row for row in rows if row["slug"] != "cardiff"], today=date(2026, 12, 1))
    then = ParkrunEvent.objects.get(slug="cardiff").closed_on
    opened = load_rows(rows)

    assert kinds(closed) == {"closed": ["Cardiff parkrun"]}
    assert kinds(again) == {}
    assert then == TODAY
    assert kinds(opened) == {"open again": ["Cardiff parkrun"]}
    reopened = ParkrunEvent.objects.get(slug="cardiff")
    assert (reopened.pk, reopened.closed_on) == (before, None)


def test_load_keeps_all_rows_when_events_move_and_close() -> None:
    """Results refer to the rows."""
    rows = some_rows(*FEW)
    load_rows(rows)
    before = set(ParkrunEvent.objects.values_list("pk", flat=True))

    rows[0] |= {"latitude": "51.5"}
    changes = load_rows(rows[:1] + rows[2:])

    assert kinds(changes) == {"moved": ["Bushy parkrun, by 9.9 km"], "closed": ["Cardiff parkrun"]}
    assert set(ParkrunEvent.objects.values_list("pk", flat=True)) == before


def test_load_keeps_the_start_that_an_operator_entered() -> None:
    load_rows(some_rows(*FEW))
    bushy = ParkrunEvent.objects.get(slug="bushy")
    bushy.start_override = time(9, 30)
    bushy.save()
    rows = some_rows(*FEW)
    rows[0] |= {"slug": "bushypark", "latitude": "51.5"}

    load_rows(rows)

    bushy.refresh_from_db()
    assert (bushy.slug, bushy.start_default, bushy.start_override) == ("bushypark", time(9), time(9, 30))
    assert bushy.as_event().starts == time(9, 30)


def test_load_lets_two_events_swap_their_slugs() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    numbers = {event.event_id: event.pk for event in ParkrunEvent.objects.all()}
    rows[0]["slug"], rows[1]["slug"] = rows[1]["slug"], rows[0]["slug"]

    load_rows(rows)

    assert {event.event_id: event.pk for event in ParkrunEvent.objects.all()} == numbers
    assert ParkrunEvent.objects.get(slug="cardiff").name == "Bushy parkrun"


def test_load_gives_the_slug_of_a_closed_event_to_a_new_one() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    rows[1] |= {"event_id": "99999", "name": "Another Cardiff parkrun", "latitude": "51.3"}

    changes = load_rows(rows)

    assert kinds(changes) == {"new": ["Another Cardiff parkrun"], "closed": ["Cardiff parkrun"]}
    assert ParkrunEvent.objects.get(slug="cardiff").event_id == 99999
    assert ParkrunEvent.objects.get(name="Cardiff parkrun").slug == f"cardiff-{some_rows('cardiff')[0]['event_id']}"


def test_load_recognises_an_event_with_a_new_number() -> None:
    rows = some_rows(*FEW)
    load_rows(rows)
    before = ParkrunEvent.objects.get(slug="cardiff").pk
    rows[1] |= {"event_id": "99999"}

    assert kinds(load_rows(rows)) == {"corrected": ["Cardiff parkrun"]}
    assert ParkrunEvent.objects.get(event_id=99999).pk == before


def test_load_refuses_to_close_more_than_one_in_ten_without_close_many() -> None:
    load_rows(some_rows(*FEW))
    before = everything()

    with pytest.raises(UnusableListing, match=r"lacks 2 of the 9 events that are open.*--yes-close"):
        load_rows(some_rows(*FEW[:7]))
    others = [
        row | {"event_id": str(90_000 + number), "slug": f"x{number}"} for number, row in enumerate(some_rows(*FEW))
    ]
    with pytest.raises(UnusableListing, match="lacks 9 of the 9"):
        load_rows(others)
    assert everything() == before

    assert len(load_rows(some_rows(*FEW[:7]), close_many=True).closed) == 2


def test_command_closes_many_events_only_with_yes_close(tmp_path: Path) -> None:
    many, few = tmp_path / "many.csv", tmp_path / "few.json"
    many.write_bytes(as_csv(some_rows(*FEW)))
    few.write_bytes(as_geojson(some_rows("bushy")))

    assert command(str(many))[-1] == "9 events on the list."
    with pytest.raises(CommandError, match=r"more than one in ten.* Nothing was changed"):
        command(str(few))
    assert command(str(few), "--yes-close")[0].startswith("8 closed: Bushy junior parkrun; Cardiff parkrun; ")


def test_new_event_without_known_neighbours_has_no_zone_and_no_start() -> None:
    """The rules then use the activity's own zone, and ask the athlete."""
    rows = some_rows("bushy")
    rows[0] |= {"latitude": "31.86", "longitude": "64.22", "region": ""}

    load_rows(rows)

    camp = ParkrunEvent.objects.get()
    assert (camp.time_zone, camp.start_default) == ("", time(9))

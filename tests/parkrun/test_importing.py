"""Importing: previewed, merged by date and event, never doubled, and nothing kept before it is confirmed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.importing import (
    DraftGone,
    NotRead,
    Plan,
    current_draft,
    decoded,
    draft_from,
    plan_for,
)
from strava_live.parkrun.listing import read_listing
from strava_live.parkrun.loading import load
from strava_live.parkrun.matching import EventNames
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult
from strava_live.parkrun.results import Statement
from strava_live.sync.results_by_hand import add_result, change_result, confirm_import
from tests.parkrun import pasted_texts as texts
from tests.parkrun.lists import as_csv, bundled_rows

pytestmark = pytest.mark.usefixtures("events")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2024, 6, 1)


def drafted(athlete: User, text: str) -> ImportDraft:
    return draft_from(athlete.pk, text, today=TODAY, now=NOW)


def imported(athlete: User, text: str, *, replacing: bool = False, chosen: dict[str, str] | None = None) -> Plan:
    draft = drafted(athlete, text)
    return confirm_import(athlete.pk, draft.token, chosen=chosen or {}, replacing=replacing, now=NOW)


def kept(athlete: User) -> list[tuple[object, ...]]:
    rows = ParkrunResult.objects.of(athlete.pk).select_related("event").newest_first()
    return [(row.event.slug, row.official_time_s, row.position, str(row.source), row.on_foot) for row in rows]


def bushy() -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug="bushy")


THREE = [
    ("bushy", 1471, 123, "imported", "run"),
    ("newfarm", 1499, 88, "imported", "run"),
    ("bushy-juniors", 581, 7, "imported", "run"),
]


def test_import_keeps_nothing_before_it_is_confirmed(athlete: User) -> None:
    plan = plan_for(drafted(athlete, texts.TABLE))

    assert (len(plan.new), ParkrunResult.objects.count()) == (3, 0)


def test_import_keeps_what_was_confirmed(athlete: User) -> None:
    imported(athlete, texts.TABLE)

    assert kept(athlete) == THREE
    assert current_draft(athlete.pk, now=NOW) is None


def test_import_of_the_same_again_adds_nothing(athlete: User) -> None:
    imported(athlete, texts.TABLE)

    plan = imported(athlete, texts.CSV)

    assert kept(athlete) == THREE
    assert (len(plan.new), len(plan.conflicts), plan.same) == (0, 0, 2)
    assert ParkrunResult.objects.get(event__slug="bushy").note == "windy, wet"


def test_confirming_twice_finds_nothing_the_second_time(athlete: User) -> None:
    draft = drafted(athlete, texts.TABLE)
    confirm_import(athlete.pk, draft.token, chosen={}, replacing=False, now=NOW)

    with pytest.raises(DraftGone):
        confirm_import(athlete.pk, draft.token, chosen={}, replacing=False, now=NOW)

    assert kept(athlete) == THREE


def test_older_preview_confirms_nothing_of_a_newer_one(athlete: User) -> None:
    old = drafted(athlete, texts.TABLE)
    drafted(athlete, texts.MAIL)

    with pytest.raises(DraftGone):
        confirm_import(athlete.pk, old.token, chosen={}, replacing=False, now=NOW)

    assert kept(athlete) == []


def test_draft_is_forgotten_after_a_day_whosever_it_is(athlete: User, clubmate: User) -> None:
    drafted(athlete, texts.TABLE)
    later = NOW + timedelta(hours=25)

    assert current_draft(athlete.pk, now=later) is None
    draft_from(clubmate.pk, texts.TABLE, today=TODAY, now=later)
    ImportDraft.forget_older_than(later - timedelta(hours=24))

    assert [draft.athlete_id for draft in ImportDraft.objects.all()] == [clubmate.pk]


def test_import_is_merged_into_what_was_typed(athlete: User) -> None:
    add_result(athlete.pk, bushy(), DAY, Statement(how="walk", volunteered=True, note="with the dog"))

    plan = imported(athlete, texts.TABLE)

    row = ParkrunResult.objects.get(event__slug="bushy")
    assert (len(plan.new), len(plan.merged)) == (2, 1)
    assert (row.official_time_s, row.position, row.how, row.volunteered, row.note, row.source) == (
        1471,
        123,
        "walk",
        True,
        "with the dog",
        "typed",
    )


@pytest.mark.parametrize(("replacing", "time_s"), [(False, 1400), (True, 1471)])
def test_conflict_is_the_athletes_to_decide(athlete: User, replacing: bool, time_s: int) -> None:
    add_result(athlete.pk, bushy(), DAY, Statement(how="run", volunteered=False, official_time_s=1400))

    plan = imported(athlete, texts.TABLE, replacing=replacing)

    assert [(change.time_here, change.pasted_time) for change in plan.conflicts] == [("23:20", "24:31")]
    assert ParkrunResult.objects.get(event__slug="bushy").official_time_s == time_s


def test_volunteer_who_also_has_a_time_ran(athlete: User) -> None:
    row = add_result(athlete.pk, bushy(), DAY, Statement(how="", volunteered=True))

    imported(athlete, texts.MAIL)

    row.refresh_from_db()
    assert (row.on_foot, row.volunteered, row.official_time_s) == ("run", True, 1471)


def test_unknown_event_is_left_out_until_it_is_chosen(athlete: User) -> None:
    text = texts.table("Bushhy Park\t01/06/2024\t1\t2\t24:31", "Bushhy Park\t08/06/2024\t1\t2\t24:41")

    (one,) = plan_for(drafted(athlete, text)).doubtful
    assert (one.name, len(one.rows)) == ("Bushhy Park", 2)
    assert "bushy" in [event.slug for event in one.suggested]
    assert imported(athlete, text).kept == 0

    imported(athlete, text, chosen={"Bushhy Park": "bushy"})

    assert [row[:2] for row in kept(athlete)] == [("bushy", 1481), ("bushy", 1471)]


def test_name_of_several_events_is_asked_about() -> None:
    one = next(iter(catalogue.atlas().near((51.41, -0.33), within_m=2_000))).event
    namesake = replace(one, slug="bushy-2", country="AU", name="Another parkrun")
    names = EventNames(Atlas([one, namesake]))

    assert {event.slug for event in names.meant(one.short_name)} == {one.slug, "bushy-2"}
    assert names.meant("Another parkrun") == [namesake]


def test_every_event_is_found_by_the_name_that_tables_give_it() -> None:
    names = EventNames(catalogue.atlas())

    for event in catalogue.atlas().events:
        series = " Juniors" if event.junior and "unior" not in event.short_name else ""
        assert names.meant(f"{event.short_name}{series}") == [event], event.name


def test_of_very_many_unknown_names_only_some_are_asked_about(athlete: User) -> None:
    rows = [
        f"Nowhere {chr(97 + number // 26)}{chr(97 + number % 26)}\t01/06/2024\t1\t2\t24:31" for number in range(200)
    ]

    plan = plan_for(drafted(athlete, texts.table(*rows)))

    assert (len(plan.doubtful), len(plan.faults), plan.kept) == (50, 150, 0)
    assert {fault.words for fault in plan.faults} == {"No event has that name"}


def test_five_thousand_rows_take_few_queries(athlete: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        plan = imported(athlete, texts.long_table(5_000))

    assert ParkrunResult.objects.count() == len(plan.new) > 4_900
    assert len(captured) < 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the quick brown fox", "Nothing here looks like parkrun results"),
        ("", "Nothing here looks like parkrun results"),
        ("a\0b", "That isn't text"),
        ("x" * 1_000_001, "That's more than 1 MB"),
    ],
)
def test_what_is_no_table_is_answered_in_words(athlete: User, text: str, words: str) -> None:
    with pytest.raises(NotRead, match=words):
        drafted(athlete, text)

    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_file_is_read_in_whatever_a_machine_writes(encoding: str) -> None:
    assert decoded("Gdańsk".replace("ń", "é").encode(encoding)) == "Gdaésk"


def test_file_that_is_too_large_or_no_text_is_answered_in_words() -> None:
    with pytest.raises(NotRead, match="more than 1 MB"):
        decoded(b"x" * 1_000_001)
    with pytest.raises(NotRead, match="isn't text"):
        decoded(b"\xff\xfe\x00")


def test_catalogue_with_a_moved_a_renamed_and_a_removed_event_keeps_every_result(athlete: User) -> None:
    imported(athlete, texts.TABLE)
    change_result(athlete.pk, ParkrunResult.objects.get(event__slug="bushy").pk, Statement(how="run", volunteered=True))
    before = list(ParkrunResult.objects.order_by("pk").values())
    rows = [row for row in bundled_rows() if row["slug"] != "newfarm"]
    for row in rows:
        if row["slug"] == "bushy":
            row["latitude"] = str(float(row["latitude"]) + 0.01)
        if row["slug"] == "bushy-juniors":
            row["slug"], row["name"] = "teddington-juniors", "Teddington junior parkrun"

    changes = load(read_listing(as_csv(rows)), today=TODAY)

    assert (len(changes.moved), len(changes.renamed), len(changes.closed)) == (1, 1, 1)
    assert list(ParkrunResult.objects.order_by("pk").values()) == before
    catalogue.expire()
    plan = plan_for(drafted(athlete, texts.table("New Farm\t25/05/2024\t512\t88\t24:59")))
    assert plan.same == 1

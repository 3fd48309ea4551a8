"""Imports: a plan of what would change, merging by event and date, no duplicates, nothing saved before confirmation."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.importing.drafts import create_draft, current_draft, decode_file, draft_faults
from strava_live.parkrun.importing.plan import (
    NO_CHOICES,
    DraftGone,
    ImportChoices,
    ImportPlan,
    plan_import,
)
from strava_live.parkrun.importing.words import conflicts_text, preview_summary
from strava_live.parkrun.listing import read_listing
from strava_live.parkrun.loading import load_list
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.pasted.faults import FaultCode, UnusablePaste
from strava_live.parkrun.pasted.words import fault_text
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult
from strava_live.parkrun.statements import Statement
from strava_live.sync.results_by_hand import add_result, change_result, confirm_import
from tests.parkrun import pasted_texts as texts
from tests.parkrun.lists import as_csv, bundled_rows

pytestmark = pytest.mark.usefixtures("events")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2024, 6, 1)


def drafted(athlete: User, text: str) -> ImportDraft:
    return create_draft(athlete.pk, text, today=TODAY, now=NOW)


def imported(athlete: User, text: str, choices: ImportChoices = NO_CHOICES) -> ImportPlan:
    draft = drafted(athlete, text)
    return confirm_import(athlete.pk, draft.token, choices, now=NOW)


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


def test_preview_saves_no_result(athlete: User) -> None:
    plan = plan_import(drafted(athlete, texts.TABLE))

    assert (len(plan.new), ParkrunResult.objects.count()) == (3, 0)


def test_confirmed_import_saves_every_row(athlete: User) -> None:
    imported(athlete, texts.TABLE)

    assert kept(athlete) == THREE
    assert current_draft(athlete.pk, now=NOW) is None


def test_import_of_the_same_again_adds_nothing(athlete: User) -> None:
    imported(athlete, texts.TABLE)

    plan = imported(athlete, texts.CSV)

    assert kept(athlete) == THREE
    assert (len(plan.new), len(plan.conflicts), plan.unchanged) == (0, 0, 2)
    assert ParkrunResult.objects.get(event__slug="bushy").note == "windy, wet"


def test_second_confirmation_finds_no_draft(athlete: User) -> None:
    draft = drafted(athlete, texts.TABLE)
    confirm_import(athlete.pk, draft.token, NO_CHOICES, now=NOW)

    with pytest.raises(DraftGone):
        confirm_import(athlete.pk, draft.token, NO_CHOICES, now=NOW)

    assert kept(athlete) == THREE


def test_token_of_a_replaced_draft_confirms_nothing(athlete: User) -> None:
    old = drafted(athlete, texts.TABLE)
    drafted(athlete, texts.MAIL)

    with pytest.raises(DraftGone):
        confirm_import(athlete.pk, old.token, NO_CHOICES, now=NOW)

    assert kept(athlete) == []


def test_draft_expires_after_a_day(athlete: User, clubmate: User) -> None:
    drafted(athlete, texts.TABLE)
    later = NOW + timedelta(hours=25)

    assert current_draft(athlete.pk, now=later) is None


def test_draft_stores_faults_as_codes_and_the_preview_builds_their_sentences(athlete: User) -> None:
    drafted(athlete, texts.TABLE.replace("25/05/2024", "31/02/2024"))

    stored = ImportDraft.objects.get()
    (fault,) = draft_faults(stored)
    assert stored.content["faults"][0][2:] == ["no_such_day", {"year": 2024, "month": 2, "day": 31}]
    assert fault_text(fault.code, fault.params) == "There's no 31 February 2024"


def test_draft_of_an_earlier_version_of_the_site_is_not_found(athlete: User) -> None:
    draft = drafted(athlete, texts.TABLE)
    del draft.content["version"]
    draft.content["faults"] = [[5, "New Farm", "No date"]]
    draft.save()

    assert current_draft(athlete.pk, now=NOW) is None
    with pytest.raises(DraftGone):
        confirm_import(athlete.pk, draft.token, NO_CHOICES, now=NOW)


def test_preview_summary_names_every_kind_of_row_that_there_is(athlete: User) -> None:
    assert preview_summary(plan_import(drafted(athlete, texts.TABLE))) == "Nothing is saved yet. 3 new."
    add_result(athlete.pk, bushy(), DAY, Statement(how="run", volunteered=False, official_time_s=1400))
    imported(athlete, texts.table("New Farm\t25/05/2024\t512\t88\t24:59"))
    new_farm = ParkrunResult.objects.get(event__slug="newfarm")
    ParkrunResult.objects.filter(pk=new_farm.pk).update(position=None)
    imported(athlete, texts.table("Bushy Juniors\t19/05/2024\t301\t7\t09:41"))

    plan = plan_import(drafted(athlete, texts.TABLE + "Cardiff\t31/02/2024\t1\t2\t24:31\n"))

    assert preview_summary(plan) == (
        "Nothing is saved yet. Nothing new, 1 to update, 1 different, 1 you already have, 1 we couldn't read."
    )
    assert conflicts_text(plan).startswith("1 has a different time or position here.")


def test_import_completes_a_typed_result(athlete: User) -> None:
    add_result(athlete.pk, bushy(), DAY, Statement(how="walk", volunteered=True, note="with the dog"))

    plan = imported(athlete, texts.TABLE)

    row = ParkrunResult.objects.get(event__slug="bushy")
    assert (len(plan.new), len(plan.updates)) == (2, 1)
    assert (row.official_time_s, row.position, row.how, row.volunteered, row.note, row.source) == (
        1471,
        123,
        "walk",
        True,
        "with the dog",
        "typed",
    )


@pytest.mark.parametrize(("overwrite", "time_s"), [(False, 1400), (True, 1471)])
def test_conflict_keeps_the_stored_time_unless_the_athlete_overwrites_it(
    athlete: User, overwrite: bool, time_s: int
) -> None:
    add_result(athlete.pk, bushy(), DAY, Statement(how="run", volunteered=False, official_time_s=1400))

    plan = imported(athlete, texts.TABLE, ImportChoices(overwrite=overwrite))

    assert [(change.stored_time, change.pasted_time) for change in plan.conflicts] == [("23:20", "24:31")]
    assert ParkrunResult.objects.get(event__slug="bushy").official_time_s == time_s


def test_imported_time_of_a_volunteer_means_that_they_ran(athlete: User) -> None:
    row = add_result(athlete.pk, bushy(), DAY, Statement(how="", volunteered=True))

    imported(athlete, texts.MAIL)

    row.refresh_from_db()
    assert (row.on_foot, row.volunteered, row.official_time_s) == ("run", True, 1471)


def test_unknown_event_is_left_out_until_the_athlete_chooses_one(athlete: User) -> None:
    text = texts.table("Bushhy Park\t01/06/2024\t1\t2\t24:31", "Bushhy Park\t08/06/2024\t1\t2\t24:41")

    (one,) = plan_import(drafted(athlete, text)).unclear_events
    assert (one.name, len(one.rows)) == ("Bushhy Park", 2)
    assert "bushy" in [event.slug for event in one.suggested]
    assert imported(athlete, text).to_save == []

    imported(athlete, text, ImportChoices({"Bushhy Park": "bushy"}))

    assert [row[:2] for row in kept(athlete)] == [("bushy", 1481), ("bushy", 1471)]


def test_only_fifty_unknown_names_are_asked_about(athlete: User) -> None:
    rows = [
        f"Nowhere {chr(97 + number // 26)}{chr(97 + number % 26)}\t01/06/2024\t1\t2\t24:31" for number in range(200)
    ]

    plan = plan_import(drafted(athlete, texts.table(*rows)))

    assert (len(plan.unclear_events), len(plan.faults), len(plan.to_save)) == (50, 150, 0)
    assert {fault.code for fault in plan.faults} == {FaultCode.UNKNOWN_EVENT}


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
def test_text_without_results_is_refused_with_a_sentence(athlete: User, text: str, words: str) -> None:
    with pytest.raises(UnusablePaste, match=words):
        drafted(athlete, text)

    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_file_is_decoded_in_common_encodings(encoding: str) -> None:
    assert decode_file("Gdańsk".replace("ń", "é").encode(encoding)) == "Gdaésk"


def test_file_that_is_too_large_or_not_text_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnusablePaste, match="more than 1 MB"):
        decode_file(b"x" * 1_000_001)
    with pytest.raises(UnusablePaste, match="isn't text"):
        decode_file(b"\xff\xfe\x00")


def test_loading_a_list_keeps_the_results_of_moved_renamed_and_closed_events(athlete: User) -> None:
    imported(athlete, texts.TABLE)
    change_result(athlete.pk, ParkrunResult.objects.get(event__slug="bushy").pk, Statement(how="run", volunteered=True))
    before = list(ParkrunResult.objects.order_by("pk").values())
    rows = [row for row in bundled_rows() if row["slug"] != "newfarm"]
    for row in rows:
        if row["slug"] == "bushy":
            row["latitude"] = str(float(row["latitude"]) + 0.01)
        if row["slug"] == "bushy-juniors":
            row["slug"], row["name"] = "teddington-juniors", "Teddington junior parkrun"

    changes = load_list(read_listing(as_csv(rows)), today=TODAY)

    assert (len(changes.moved), len(changes.renamed), len(changes.closed)) == (1, 1, 1)
    assert list(ParkrunResult.objects.order_by("pk").values()) == before
    catalogue.expire()
    plan = plan_import(drafted(athlete, texts.table("New Farm\t25/05/2024\t512\t88\t24:59")))
    assert plan.unchanged == 1

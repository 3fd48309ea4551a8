"""Own events: seen only by the athlete who named them, counted, and deleted with the account."""

from datetime import UTC, date, datetime

import pytest

from strava_live.accounts.models import User
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.counting import count_totals, visited_events
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.importing.plan import ImportChoices, plan_import
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import MOST, OWN, UnusableName, get_or_create_own_event
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.statements import Statement
from strava_live.sync.decisions import UnknownEvent, record_parkrun_at
from strava_live.sync.results_by_hand import add_own_event, add_result, confirm_import
from tests.parkrun import pasted_texts as texts
from tests.web import kept

pytestmark = pytest.mark.usefixtures("events")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RAN = Statement(how="run", volunteered=False, official_time_s=1471)


def test_own_event_counts_and_is_not_in_the_catalogue(athlete: User, clubmate: User) -> None:
    event = add_own_event(athlete.pk, "  Atlantis \u200b Promenade ")
    atlas = catalogue.atlas()
    add_result(athlete.pk, event, date(2019, 6, 1), RAN)

    facts = ParkrunResult.objects.of(athlete.pk).facts()
    assert event.name == "Atlantis Promenade parkrun"
    assert (count_totals(facts).parkruns, [one.event_name for one in visited_events(facts)]) == (1, [event.name])
    catalogue.expire()
    assert catalogue.atlas() is atlas
    assert event not in ParkrunEvent.objects.known_to(clubmate.pk)


def test_own_event_of_the_same_name_is_reused_in_any_spelling(athlete: User, clubmate: User) -> None:
    one = add_own_event(athlete.pk, "Atlantis parkrun")

    assert add_own_event(athlete.pk, "ATLANTIS") == one
    assert add_own_event(athlete.pk, "Atlantis junior parkrun") != one
    assert add_own_event(clubmate.pk, "Atlantis") != one


@pytest.mark.parametrize("name", ["", "ab", "parkrun", "1234567", "x" * 61, "\u200b\u200b\u200b\u200b"])
def test_unusable_name_is_refused_with_a_sentence(athlete: User, name: str) -> None:
    with pytest.raises(UnusableName, match="3 to 60 characters"):
        add_own_event(athlete.pk, name)


def test_limit_of_own_events_deletes_unused_ones_first(athlete: User) -> None:
    for number in range(MOST):
        event = get_or_create_own_event(athlete.pk, f"Atlantis {chr(65 + number % 26)}{chr(65 + number // 26)}x")
        if number:
            add_result(athlete.pk, event, date(2019, 6, 1), RAN)

    get_or_create_own_event(athlete.pk, "One more")
    assert ParkrunEvent.objects.own(athlete.pk).count() == MOST
    add_result(athlete.pk, get_or_create_own_event(athlete.pk, "One more"), date(2019, 6, 1), RAN)
    with pytest.raises(UnusableName, match="up to 30 events"):
        get_or_create_own_event(athlete.pk, "And another")


def test_activity_was_at_an_own_event(athlete: User, clubmate: User) -> None:
    event = add_own_event(athlete.pk, "Atlantis")
    activity = kept.activity(athlete, 1, start=datetime(2026, 11, 14, 9, tzinfo=UTC))

    record_parkrun_at(athlete.pk, activity.strava_id, event.slug)

    activity.refresh_from_db()
    row = ParkrunResult.objects.get(activity=activity)
    assert (row.event, row.day) == (event, date(2026, 11, 14))
    assert (activity.parkrun, activity.event_name, activity.state) == ("sure", "Atlantis parkrun", "saved")
    theirs = kept.activity(clubmate, 2)
    with pytest.raises(UnknownEvent):
        record_parkrun_at(clubmate.pk, theirs.strava_id, event.slug)


def test_pasted_name_becomes_an_own_event_if_the_athlete_chooses_that(athlete: User) -> None:
    text = texts.table("Atlantis\t01/06/2024\t1\t2\t24:31", "Atlantis\t15/06/2024\t1\t2\t24:41")
    draft = create_draft(athlete.pk, text, today=TODAY, now=NOW)

    plan = confirm_import(athlete.pk, draft.token, ImportChoices({"Atlantis": OWN}), now=NOW)

    assert len(plan.new) == 2
    assert {row.event.name for row in ParkrunResult.objects.of(athlete.pk)} == {"Atlantis parkrun"}
    again = plan_import(create_draft(athlete.pk, text, today=TODAY, now=NOW))
    assert (again.unchanged, again.unclear_events) == (2, [])


def test_own_events_are_deleted_with_the_account(athlete: User) -> None:
    add_result(athlete.pk, add_own_event(athlete.pk, "Atlantis"), date(2019, 6, 1), RAN)

    erase(athlete)

    assert not ParkrunEvent.objects.exclude(owner=None).exists()
    assert not ParkrunResult.objects.exists()
    assert not Entry.objects.exists()

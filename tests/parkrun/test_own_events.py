"""Events that an athlete has named: theirs alone, counted, and gone with them."""

from datetime import UTC, date, datetime

import pytest

from strava_live.accounts.models import User
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.counting import totals, visited
from strava_live.parkrun.importing import draft_from, plan_for
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import MOST, OWN, UnusableName, name_event
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import Statement
from strava_live.sync.decisions import UnknownEvent, was_parkrun_at
from strava_live.sync.results_by_hand import add_result, confirm_import, name_own_event
from tests.parkrun import pasted_texts as texts
from tests.web import kept

pytestmark = pytest.mark.usefixtures("events")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RAN = Statement(how="run", volunteered=False, official_time_s=1471)


def test_own_event_counts_and_stays_out_of_the_catalogue(athlete: User, clubmate: User) -> None:
    event = name_own_event(athlete.pk, "  Atlantis \u200b Promenade ")
    version = catalogue.atlas()
    add_result(athlete.pk, event, date(2019, 6, 1), RAN)

    counted = ParkrunResult.objects.of(athlete.pk).counted()
    assert event.name == "Atlantis Promenade parkrun"
    assert (totals(counted).parkruns, [one.event_name for one in visited(counted)]) == (1, [event.name])
    catalogue.expire()
    assert catalogue.atlas() is version
    assert event not in ParkrunEvent.objects.known_to(clubmate.pk)


def test_own_event_is_named_once_however_it_is_spelt(athlete: User, clubmate: User) -> None:
    one = name_own_event(athlete.pk, "Atlantis parkrun")

    assert name_own_event(athlete.pk, "ATLANTIS") == one
    assert name_own_event(athlete.pk, "Atlantis junior parkrun") != one
    assert name_own_event(clubmate.pk, "Atlantis") != one


@pytest.mark.parametrize("name", ["", "ab", "parkrun", "1234567", "x" * 61, "\u200b\u200b\u200b\u200b"])
def test_name_that_is_none_is_refused_in_words(athlete: User, name: str) -> None:
    with pytest.raises(UnusableName, match="3 to 60 characters"):
        name_own_event(athlete.pk, name)


def test_own_events_have_a_limit_and_unused_ones_make_room(athlete: User) -> None:
    for number in range(MOST):
        event = name_event(athlete.pk, f"Atlantis {chr(65 + number % 26)}{chr(65 + number // 26)}x")
        if number:
            add_result(athlete.pk, event, date(2019, 6, 1), RAN)

    name_event(athlete.pk, "One more")
    assert ParkrunEvent.objects.own(athlete.pk).count() == MOST
    add_result(athlete.pk, name_event(athlete.pk, "One more"), date(2019, 6, 1), RAN)
    with pytest.raises(UnusableName, match="up to 30 events"):
        name_event(athlete.pk, "And another")


def test_activity_was_at_an_own_event(athlete: User, clubmate: User) -> None:
    event = name_own_event(athlete.pk, "Atlantis")
    activity = kept.activity(athlete, 1, start=datetime(2026, 11, 14, 9, tzinfo=UTC))

    was_parkrun_at(athlete.pk, activity.strava_id, event.slug)

    activity.refresh_from_db()
    row = ParkrunResult.objects.get(activity=activity)
    assert (row.event, row.day) == (event, date(2026, 11, 14))
    assert (activity.parkrun, activity.event_name, activity.state) == ("sure", "Atlantis parkrun", "saved")
    theirs = kept.activity(clubmate, 2)
    with pytest.raises(UnknownEvent):
        was_parkrun_at(clubmate.pk, theirs.strava_id, event.slug)


def test_pasted_name_becomes_an_own_event_when_that_is_chosen(athlete: User) -> None:
    text = texts.table("Atlantis\t01/06/2024\t1\t2\t24:31", "Atlantis\t15/06/2024\t1\t2\t24:41")
    draft = draft_from(athlete.pk, text, today=TODAY, now=NOW)

    plan = confirm_import(athlete.pk, draft.token, chosen={"Atlantis": OWN}, replacing=False, now=NOW)

    assert len(plan.new) == 2
    assert {row.event.name for row in ParkrunResult.objects.of(athlete.pk)} == {"Atlantis parkrun"}
    again = plan_for(draft_from(athlete.pk, text, today=TODAY, now=NOW))
    assert (again.same, again.doubtful) == (2, [])


def test_own_events_go_with_the_account(athlete: User) -> None:
    add_result(athlete.pk, name_own_event(athlete.pk, "Atlantis"), date(2019, 6, 1), RAN)

    erase(athlete)

    assert not ParkrunEvent.objects.exclude(owner=None).exists()
    assert not ParkrunResult.objects.exists()
    assert not Entry.objects.exists()

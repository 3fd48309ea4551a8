"""What is sent to Bucket of one activity."""

import pytest

from strava_live.accounts.models import User
from strava_live.bucket.rows import PROPERTIES, digest_of_values, kinds_to_send, start_ms, values_of
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from tests.bucket.connected import START, save_activity

pytestmark = pytest.mark.django_db


def test_an_activity_gives_a_value_of_each_kind_that_it_has(athlete: User) -> None:
    run = save_activity(athlete, 1)

    assert values_of(run, sends_start_point=False) == {
        "distance": [5000.5],
        "elapsed": [1520],
        "moving": [1500],
        "title": ["Run 1"],
        "sport": ["Run"],
        "average_speed": [3.334],
    }


def test_an_activity_without_title_sport_or_movement_has_no_such_values(athlete: User) -> None:
    bare = save_activity(athlete, 1, name="", sport_type="", moving_s=0)

    assert set(values_of(bare, sends_start_point=True)) == {"distance", "elapsed", "moving"}


def test_a_parkrun_has_its_official_time_if_that_is_known(athlete: User, events: None) -> None:
    parkrun = save_activity(athlete, 1, parkrun="sure")
    assert values_of(parkrun, sends_start_point=False)["parkrun_time"] == [1520]

    event = ParkrunEvent.objects.get(slug="bushy")
    ParkrunResult.objects.create(
        athlete=athlete, event=event, day=START.date(), source="recognised", official_time_s=1511, activity=parkrun
    )
    again = type(parkrun).objects.with_result().get(pk=parkrun.pk)
    assert values_of(again, sends_start_point=False)["parkrun_time"] == [1511]


def test_the_start_is_sent_longitude_first_and_only_if_the_user_wants_it(athlete: User) -> None:
    run = save_activity(athlete, 1, start_lat=51.41, start_lng=-0.34)
    hidden = save_activity(athlete, 2, start_lat=51.41, start_lng=-0.34, hidden_start=True)

    assert values_of(run, sends_start_point=True)["start_point"] == [-0.34, 51.41]
    assert "start_point" not in values_of(run, sends_start_point=False)
    assert "start_point" not in values_of(hidden, sends_start_point=True)
    assert "start_point" not in kinds_to_send(sends_start_point=False)
    assert kinds_to_send(sends_start_point=True) == list(PROPERTIES)


def test_the_digest_changes_with_every_value(athlete: User) -> None:
    run = save_activity(athlete, 1)
    before = digest_of_values(values_of(run, sends_start_point=False))
    assert digest_of_values(values_of(run, sends_start_point=False)) == before

    run.name = "Another title"
    assert digest_of_values(values_of(run, sends_start_point=False)) != before


def test_the_timestamp_is_in_milliseconds(athlete: User) -> None:
    assert start_ms(save_activity(athlete, 0, start=START)) == 1_795_251_600_000

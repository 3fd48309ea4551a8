"""The rules for who may see what of an athlete."""

from dataclasses import dataclass

import pytest

from strava_live.accounts.models import User
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.visibility import (
    SeenAcrossClubs,
    athlete_shown,
    data_shown,
    name_shown,
    seen_across_clubs,
)
from tests.clubs.runs import ran, watched

DATA = {"event_name": "Bushy parkrun", "url": "https://www.strava.com/activities/5", "device": "Garmin Forerunner 255"}


@pytest.mark.parametrize(
    ("name", "full", "short"),
    [
        ("Alva Berg", "Alva Berg", "Alva B."),
        ("Alva Maria van Berg", "Alva Maria van Berg", "Alva B."),
        ("sam", "sam", "sam"),
        ("Åsa öhman", "Åsa öhman", "Åsa Ö."),
    ],
)
def test_name_is_shown_in_three_ways(name: str, full: str, short: str) -> None:
    assert [name_shown(name, way) for way in ("full", "short", "hidden")] == [full, short, ""]


def test_member_sees_who_ran_and_a_screen_shows_no_id() -> None:
    assert athlete_shown(7, "Alva B.") == {"id": 7, "name": "Alva B."}
    assert athlete_shown(7, "Alva B.", on_screen=True) == {"name": "Alva B."}
    assert athlete_shown(7, "") is athlete_shown(7, "", on_screen=True) is None


def test_nothing_in_the_data_identifies_a_hidden_athlete() -> None:
    assert data_shown(DATA, "Alva B.") == DATA
    assert data_shown(DATA, "") == DATA | {"url": None, "device": "Garmin"}
    assert data_shown({"count": 3, "device": None}, "") == {"count": 3, "device": None}


@pytest.mark.parametrize("name", ["Alva B.", ""])
def test_screen_gets_no_link(name: str) -> None:
    assert "url" not in data_shown(DATA, name, on_screen=True)


@dataclass(frozen=True)
class Consent:
    shown_as: str
    shares_parkruns: bool = False
    is_captain: bool = False

    @property
    def shown_name(self) -> str:
        return name_shown("Alva Berg", self.shown_as)


@pytest.mark.parametrize(
    ("consents", "name", "is_captain", "shares"),
    [
        ([Consent("short")], "Alva B.", False, False),
        ([Consent("short"), Consent("full", shares_parkruns=True)], "Alva Berg", False, True),
        ([Consent("hidden", shares_parkruns=True)], "", False, True),
        ([Consent("short"), Consent("hidden", shares_parkruns=True)], "Alva B.", False, False),
        ([Consent("hidden", is_captain=True)], "", False, False),
        ([Consent("short"), Consent("hidden", is_captain=True)], "Alva B.", False, False),
        ([Consent("full", is_captain=True), Consent("hidden")], "Alva Berg", True, False),
    ],
)
def test_clubs_together_show_no_more_than_the_person_allowed_under_a_name(
    consents: list[Consent], name: str, is_captain: bool, shares: bool
) -> None:
    assert seen_across_clubs(consents) == SeenAcrossClubs(name, is_captain, shares)


@pytest.mark.django_db
def test_only_parkruns_visible_to_everyone_at_strava_can_be_shared(athlete: User) -> None:
    typed, withheld = ran(athlete, 1), ran(athlete, 2, withheld=True)
    public, followers, private = (
        watched(athlete, 2 + number, number, visibility=visibility)
        for number, visibility in enumerate(("everyone", "followers_only", "only_me"), start=1)
    )

    results = ParkrunResult.objects.of(athlete.pk)

    assert set(results.shareable()) == {typed, public}
    assert set(results.private()) == {followers, private}
    assert withheld not in results.private()

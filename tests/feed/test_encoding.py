"""An entry as members and as screens get it."""

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members, for_screens
from strava_live.feed.models import Entry

pytestmark = pytest.mark.django_db


def test_hidden_member_has_no_name_and_screens_have_no_links(club: Club, athlete: User) -> None:
    entry = Entry(
        pk=1, club=club, seq=1, first_seq=1, kind="parkrun", athlete=athlete, name="Alva B.", at=club.founded_at
    )
    entry.data = {"event_name": "Bushy parkrun", "time_s": 1500, "count": 3, "first_here": True, "best": "ever"}
    entry.data["url"] = "https://www.strava.com/activities/5"
    entry.data["device"] = "Garmin Forerunner 255"
    assert for_members(entry)["athlete"] == {"id": athlete.pk, "name": "Alva B."}
    assert for_members(entry)["text"] == (
        "At Bushy parkrun, Alva B. finished in 25:00: 3rd parkrun, first time there, PB."
    )
    assert for_screens(entry)["athlete"] == {"name": "Alva B."}
    assert "url" not in for_screens(entry)["data"]
    assert {shown["data"].get("device") for shown in (for_members(entry), for_screens(entry))} == {
        "Garmin Forerunner 255"
    }
    entry.name = ""
    for shown_to in (for_members(entry), for_screens(entry)):
        assert shown_to["athlete"] is None
        assert "a member finished" in shown_to["text"]
        assert not shown_to["data"].get("url")
        assert shown_to["data"].get("device") == "Garmin"  # not the one watch of its kind in the club

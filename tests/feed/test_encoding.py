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


def test_words_are_encoded_without_names(club: Club, athlete: User) -> None:
    """Cards and walls each get their own words, and none of them names a person."""
    entry = Entry(pk=1, club=club, seq=1, first_seq=1, athlete=athlete, name="", at=club.founded_at)
    parkrun = {"event_name": "Bushy parkrun", "time_s": 1500, "count": 50, "first_here": True, "best": "ever"}
    kinds = {"parkrun": parkrun, "milestone": parkrun, "history": {"count": 2, "since": 2025}, "joined": {}}
    for kind, data in kinds.items():
        entry.kind, entry.data = kind, data
        member, screen = for_members(entry), for_screens(entry)
        assert not [shown for shown in (member, screen) if "Alva" in str(shown) or "Berg" in str(shown)]
        assert not {"place", "note", "milestone"} & member.keys()
        assert not {"title", "says", "folded"} & screen.keys()
    entry.name = "Alva B."
    assert "Alva" not in str({name: for_members(entry).get(name) for name in ("title", "says", "marks")})

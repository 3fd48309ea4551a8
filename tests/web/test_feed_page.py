"""/clubs/<slug>/: the words of the club's entries, their order and their pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.web.post_links import with_links
from tests.clubs.visits import as_
from tests.web.club_feed import FEED, entry_of, shown

pytestmark = pytest.mark.django_db


def test_each_kind_of_entry_has_its_words(club: Club, athlete: User) -> None:
    for kind in ("joined", "history", "milestone", "parkrun"):
        entry_of(club, athlete, kind)

    page = shown(as_(athlete).get(FEED))

    for words in (
        "has joined. Welcome!",
        "added 214 earlier parkruns, back to 2016",
        "https://www.strava.com/activities/1",
    ):
        assert words in page
    for words in ("25:00", "50th parkrun", "First time here", ">PB<"):
        assert words in page
    assert "Garmin Forerunner 255" in page


def test_milestone_without_its_parkrun_says_where_it_was(club: Club, athlete: User) -> None:
    entry_of(club, athlete, "milestone")

    page = shown(as_(athlete).get(FEED))

    assert ">50th parkrun</b>" in page
    assert ">at Bushy<" in page


def test_card_shows_no_count_while_the_history_is_unknown(club: Club, athlete: User) -> None:
    entry_of(club, athlete, count=None, first_here=None, best=None)

    page = shown(as_(athlete).get(FEED))

    assert "Bushy parkrun" in page
    for words in (">0th", ">None", "First time", ">PB"):
        assert words not in page


def test_hidden_athlete_is_shown_as_a_member_without_links(club: Club, athlete: User, clubmate: User) -> None:
    entry_of(club, athlete, name="")

    page = shown(as_(clubmate).get(FEED))

    assert "A member" in page
    assert "Alva" not in page
    assert f"/athletes/{athlete.pk}/" not in page
    assert "strava.com/activities" not in page
    assert "Garmin" in page
    assert "Forerunner" not in page
    entry = as_(clubmate).get(f"{FEED}entries/?before=2999-01-01T00:00:00Z,1").json()["entries"][0]
    assert (entry["athlete"], entry["data"]["url"], entry["mine"]) == (None, None, False)


def test_sequence_number_is_read_before_the_entries(club: Club, athlete: User) -> None:
    entry_of(club, athlete)
    assert f'data-epoch="{club.epoch}" data-seq="{club.seq}"' in shown(as_(athlete).get(FEED))


def test_empty_feed_explains_importing_and_sharing(club: Club, athlete: User) -> None:
    page = shown(as_(athlete).get(FEED))
    assert "No parkruns yet" in page
    assert 'href="/clubs/striders/sharing/"' in page


def test_members_reach_their_sharing_and_the_member_list(club: Club, athlete: User, posted: Entry) -> None:
    page = shown(as_(athlete).get(FEED))
    assert 'href="/clubs/striders/sharing/">My sharing<' in page
    assert 'href="/athletes/?club=striders">Members<' in page


def test_feed_explains_why_counts_differ(club: Club, athlete: User, posted: Entry) -> None:
    assert "Runs they hide on Strava count too" in shown(as_(athlete).get(FEED))


def test_hint_about_sharing_is_shown_until_sharing_is_on(club: Club, athlete: User, posted: Entry) -> None:
    assert "Choose what to share" in shown(as_(athlete).get(FEED))
    Membership.objects.filter(user=athlete).update(shares_parkruns=True)
    assert "Choose what to share" not in shown(as_(athlete).get(FEED))


def test_only_captains_see_the_link_to_manage_the_club(club: Club, athlete: User, captain: User) -> None:
    assert "/clubs/striders/manage/" in shown(as_(captain).get(FEED))
    assert "/clubs/striders/manage/" not in shown(as_(athlete).get(FEED))


def test_number_of_queries_does_not_grow_with_the_feed(club: Club, athlete: User) -> None:
    entry_of(club, athlete)
    browser = as_(athlete)
    with CaptureQueriesContext(connection) as few:
        browser.get(FEED)
    for _ in range(60):
        entry_of(club, athlete)
    with CaptureQueriesContext(connection) as many:
        browser.get(FEED)
    assert len(many) == len(few)


def test_older_entries_are_paged_by_link_and_as_json(club: Club, athlete: User) -> None:
    entries = [entry_of(club, athlete, "joined").pk for _ in range(120)][::-1]
    browser = as_(athlete)
    page = browser.get(FEED)
    assert page.context["older"] in page.content.decode()
    assert len(page.context["entries"]) == len(page.context["for_script"]) == 20

    seen, older = [entry.id for entry in page.context["entries"]], page.context["older"]
    while older:
        answer = browser.get(f"{FEED}entries/", {"before": older}).json()
        assert [entry.id for entry in browser.get(FEED, {"before": older}).context["entries"]] == [
            entry["id"] for entry in answer["entries"]
        ]
        seen += [entry["id"] for entry in answer["entries"]]
        older = answer["older"]

    assert seen == entries


@pytest.mark.parametrize("place", ["x", "2026-11-14", "2026-11-14T09:00:00,1", "2026-11-14T09:00:00Z,x", ",", "9" * 40])
def test_invalid_cursor_is_404(club: Club, athlete: User, place: str) -> None:
    for path in (FEED, f"{FEED}entries/"):
        assert as_(athlete).get(path, {"before": place}).status_code == 404


def test_day_headings_use_the_viewers_time_zone(club: Club, athlete: User, half_past_midnight: datetime) -> None:
    entry = entry_of(club, athlete, date="2026-11-21")
    Entry.objects.filter(pk=entry.pk).update(at=half_past_midnight - timedelta(hours=1))
    User.objects.filter(pk=athlete.pk).update(time_zone="Australia/Brisbane")

    page = shown(as_(athlete).get(FEED))

    assert "Yesterday" in page
    assert ">23:30<" in page


@pytest.fixture
def half_past_midnight() -> Iterator[datetime]:
    """The time is half past midnight in Brisbane."""
    with time_machine.travel("2026-11-21T14:30:00Z", tick=False):
        yield timezone.now()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://a.example/x?y=1&z=2.", '<a href="https://a.example/x?y=1&amp;z=2" rel="nofollow ugc noopener">'),
        ('<script>alert(1)</script> "https://a.example/"><b>', '&quot;<a href="https://a.example/" rel='),
        ("HTTP://A.EXAMPLE", '<a href="HTTP://A.EXAMPLE"'),
    ],
)
def test_web_addresses_become_links(text: str, html: str) -> None:
    assert html in with_links(text)
    assert "<script>" not in with_links(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "http://", "a.example"])
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert "<a" not in with_links(text)

"""/clubs/<slug>/ and the front page of members: the entries of a club's feed, and its forms."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.feed.posts import post
from strava_live.social.cheers import cheer
from strava_live.web.entry_words import with_links
from tests.clubs.visits import as_
from tests.web.reading import said

pytestmark = pytest.mark.django_db
FEED = "/clubs/striders/"


@pytest.fixture
def club(athlete: User, clubmate: User, captain: User) -> Club:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    for user in (athlete, clubmate, captain):
        role = Membership.Role.CAPTAIN if user == captain else Membership.Role.MEMBER
        Membership.objects.create(club=club, user=user, role=role)
    return club


@pytest.fixture
def posted(club: Club, athlete: User) -> Entry:
    return post(athlete.pk, club.pk, "Coffee at Anna's?")


def entry_of(club: Club, who: User, kind: str = "parkrun", *, name: str = "Alva B.", **data: Any) -> Entry:
    """Store an entry, which an import or a person would have added."""
    Club.objects.filter(pk=club.pk).update(seq=F("seq") + 1, entry_count=F("entry_count") + 1)
    club.refresh_from_db()
    about = {"event": "bushy", "event_name": "Bushy parkrun", "date": "2026-11-14", "junior": False, "count": 50}
    run = {"time_s": 1500, "first_here": True, "best": "ever", "url": "https://www.strava.com/activities/1"}
    run["device"] = "Garmin Forerunner 255"
    content: dict[str, dict[str, Any]] = {
        "parkrun": about | run,
        "milestone": about,
        "history": {"count": 214, "since": 2016, "junior": False},
    }
    return Entry.objects.create(
        club=club,
        seq=club.seq,
        first_seq=club.seq,
        kind=kind,
        key=f"{kind}.{club.seq}",
        at=timezone.now(),
        athlete=who,
        name=name,
        data=content.get(kind, {}) | data,
    )


def shown(answer: Any) -> str:
    return unescape(said(answer))


# --- Access


@pytest.mark.parametrize("path", ["", "entries/?before=x", "entries/1/cheers/", "posts/", "entries/1/cheer/"])
@pytest.mark.parametrize("slug", ["striders", "no-such-club"])
def test_signed_out_visitors_are_sent_to_sign_in_for_any_club(club: Club, client: Client, path: str, slug: str) -> None:
    for answer in (client.get(f"/clubs/{slug}/{path}"), client.post(f"/clubs/{slug}/{path}")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_strangers_and_people_with_a_request_get_404(club: Club, posted: Entry, stranger: User) -> None:
    browser = as_(stranger)
    reading = ["", "entries/", f"entries/{posted.pk}/cheers/"]
    doing = ["posts/", *(f"entries/{posted.pk}/{verb}/" for verb in ("cheer", "uncheer", "remove"))]

    for state in (None, Membership.State.ASKING):
        if state:
            Membership.objects.create(club=club, user=stranger, state=state)
        assert {browser.get(FEED + path).status_code for path in reading} == {404}
        assert {browser.post(FEED + path, {"text": "Hello"}).status_code for path in doing} == {404}
    assert "Withdraw request" in said(browser.get("/"))
    assert Entry.objects.there().exists()
    assert not Cheer.objects.exists()


def test_changes_need_a_post_and_a_csrf_token(club: Club, posted: Entry, athlete: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)
    for path in ("posts/", *(f"entries/{posted.pk}/{verb}/" for verb in ("cheer", "uncheer", "remove"))):
        assert as_(athlete).get(FEED + path).status_code == 405
        assert strict.post(FEED + path, {"text": "Hello"}).status_code == 403
    assert as_(athlete).post(FEED).status_code == 405
    assert Entry.objects.there().count() == 1


def test_front_page_is_the_feed_of_a_members_club(club: Club, posted: Entry, athlete: User, stranger: User) -> None:
    assert "Coffee at Anna's?" in shown(as_(athlete).get("/"))
    assert "Coffee at Anna's?" not in shown(as_(stranger).get("/"))
    assert "Coffee at Anna's?" not in shown(Client().get("/"))


def test_front_page_shows_the_first_club_with_links_to_the_others(club: Club, posted: Entry, athlete: User) -> None:
    other = Club.objects.create(slug="aa", name="Aardvarks")
    Membership.objects.create(club=other, user=athlete)

    page = shown(as_(athlete).get("/"))

    assert "Coffee at Anna's?" in page
    assert 'href="/clubs/aa/"' in page
    assert 'aria-label="My clubs"' not in shown(as_(User.objects.get(username="bruno")).get("/"))


# --- Entries


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


# --- Forms


def test_post_redirects_to_the_feed(club: Club, athlete: User) -> None:
    form = {"text": "Well done\r\nall!", "ref": "abc", "next": "/"}
    for _ in range(2):  # submitted twice
        answer = as_(athlete).post(f"{FEED}posts/", form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert as_(athlete).post(f"{FEED}posts/", {"text": "More", "next": "//evil.example"}).headers["Location"] == FEED

    assert [entry.text for entry in Entry.objects.there().order_by("pk")] == ["Well done\nall!", "More"]


@pytest.mark.parametrize(("text", "words"), [("  \n ", "Write something first."), ("é" * 1001, "1,001 characters")])
def test_refused_post_stays_in_the_field(club: Club, athlete: User, text: str, words: str) -> None:
    answer = as_(athlete).post(f"{FEED}posts/", {"text": text})
    assert answer.status_code == 422
    assert words in shown(answer)
    assert text.strip() in shown(answer)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("ref", ["\x00", "x" * 65, "a b", "é"])
def test_invalid_ref_is_ignored(club: Club, athlete: User, ref: str) -> None:
    assert as_(athlete).post(f"{FEED}posts/", {"text": "Hello", "ref": ref}).status_code == 302
    assert Entry.objects.get().text == "Hello"


def test_cheer_and_uncheer(club: Club, posted: Entry, clubmate: User) -> None:
    browser = as_(clubmate)
    for _ in range(2):
        answer = browser.post(f"{FEED}entries/{posted.pk}/cheer/")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{FEED}#entry-{posted.pk}")
    assert Cheer.objects.get().user == clubmate
    assert "1 cheer<" in shown(browser.get(FEED))
    assert f"entries/{posted.pk}/uncheer/" in shown(browser.get(FEED))

    browser.post(f"{FEED}entries/{posted.pk}/uncheer/")
    posted.refresh_from_db()
    assert (posted.cheers, Cheer.objects.count()) == (0, 0)


def test_cheers_are_listed_by_the_names_the_club_sees(club: Club, posted: Entry, clubmate: User, captain: User) -> None:
    path = f"{FEED}entries/{posted.pk}/cheers/"
    assert "No cheers yet." in shown(as_(clubmate).get(path))
    for who in (clubmate, captain):
        cheer(who.pk, club.pk, posted.pk)
    Membership.objects.filter(user=captain).update(shown_as="hidden")

    assert "Bruno C. and 1 member cheered." in shown(as_(clubmate).get(path))
    for_script = as_(clubmate).get(path, headers={"Accept": "application/json"}).json()
    assert for_script == {"sentence": "Bruno C. and 1 member cheered."}


def test_cheers_for_a_card_list_each_member_once(club: Club, athlete: User, clubmate: User, captain: User) -> None:
    run, milestone = entry_of(club, athlete), entry_of(club, athlete, "milestone")
    for who, entry in ((clubmate, run), (clubmate, milestone), (captain, milestone)):
        cheer(who.pk, club.pk, entry.pk)

    page = shown(as_(captain).get(FEED))
    assert ">3 cheers<" in page
    assert f'href="{FEED}entries/{run.pk}/cheers/?also={milestone.pk}"' in page
    assert f"entries/{milestone.pk}/uncheer/" in page
    path = f"{FEED}entries/{run.pk}/cheers/?also={milestone.pk}&also=x&also=999"
    assert "Bruno C. and Carol D. cheered." in shown(as_(athlete).get(path))


def test_post_is_deleted_by_its_author_or_a_captain(
    club: Club, athlete: User, clubmate: User, captain: User, posted: Entry
) -> None:
    path = f"{FEED}entries/{posted.pk}/remove/"
    assert "Delete post" in shown(as_(athlete).get(FEED))
    assert as_(clubmate).post(path).status_code == 403
    assert as_(athlete).post(path).status_code == 302
    assert not Entry.objects.there().exists()
    assert as_(athlete).post(path).status_code == 404

    again = post(athlete.pk, club.pk, "Once more")
    assert as_(captain).post(f"{FEED}entries/{again.pk}/remove/").status_code == 302
    assert not Entry.objects.there().exists()


def test_only_posts_are_deleted(club: Club, athlete: User, captain: User) -> None:
    run = entry_of(club, athlete)
    for who in (athlete, captain):
        assert as_(who).post(f"{FEED}entries/{run.pk}/remove/").status_code == 404


def test_entry_of_another_club_is_404(club: Club, posted: Entry, stranger: User) -> None:
    other = Club.objects.create(slug="other", name="Other")
    Membership.objects.create(club=other, user=stranger, role=Membership.Role.CAPTAIN)
    for verb in ("cheer", "uncheer", "remove"):
        assert as_(stranger).post(f"/clubs/other/entries/{posted.pk}/{verb}/").status_code == 404
    assert as_(stranger).get(f"/clubs/other/entries/{posted.pk}/cheers/").status_code == 404
    assert Entry.objects.there().exists()


@pytest.mark.parametrize("pk", [0, 2**63, 10**30])
def test_unknown_entry_is_404(club: Club, athlete: User, pk: int) -> None:
    for verb in ("cheer", "uncheer", "remove"):
        assert as_(athlete).post(f"{FEED}entries/{pk}/{verb}/").status_code == 404
    assert as_(athlete).get(f"{FEED}entries/{pk}/cheers/").status_code == 404

"""Who may see a club's feed, at /clubs/<slug>/ and on a member's front page."""

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from tests.clubs.visits import as_
from tests.web.club_feed import FEED, shown
from tests.web.reading import said

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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

    for state in (None, Membership.MemberState.ASKING):
        if state:
            Membership.objects.create(club=club, user=stranger, state=state)
        assert {browser.get(FEED + path).status_code for path in reading} == {404}
        assert {browser.post(FEED + path, {"text": "Hello"}).status_code for path in doing} == {404}
    assert "Withdraw request" in said(browser.get("/"))
    assert Entry.objects.not_removed().exists()
    assert not Cheer.objects.exists()


def test_changes_need_a_post_and_a_csrf_token(club: Club, posted: Entry, athlete: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(athlete)
    for path in ("posts/", *(f"entries/{posted.pk}/{verb}/" for verb in ("cheer", "uncheer", "remove"))):
        assert as_(athlete).get(FEED + path).status_code == 405
        assert strict.post(FEED + path, {"text": "Hello"}).status_code == 403
    assert as_(athlete).post(FEED).status_code == 405
    assert Entry.objects.not_removed().count() == 1


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

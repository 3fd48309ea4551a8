"""/clubs/<slug>/sharing/ and …/leave/: for members, about their own membership."""

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.clubs.captains import make_captain
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.membership.joining import join
from tests.clubs.runs import ran
from tests.clubs.visits import as_
from tests.web.reading import said

pytestmark = pytest.mark.django_db
SHARING, LEAVE = "/clubs/striders/sharing/", "/clubs/striders/leave/"


@pytest.mark.parametrize("path", [SHARING, LEAVE, "/clubs/no-such-club/sharing/", "/clubs/no-such-club/leave/"])
def test_signed_out_are_sent_to_sign_in_whether_or_not_the_club_exists(club: Club, client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", [SHARING, LEAVE])
def test_page_does_not_exist_for_strangers(club: Club, stranger: User, path: str) -> None:
    browser = as_(stranger)
    assert browser.get(path).status_code == browser.post(path).status_code == 404


def test_member_switches_sharing_on_and_off(member: Membership, athlete: User) -> None:
    ran(athlete, 1)
    browser = as_(athlete)

    answer = browser.post(SHARING, {"parkruns": "on", "shown_as": "full"})
    assert (answer.status_code, answer.headers["Location"]) == (302, SHARING)
    assert Entry.objects.not_removed().filter(kind="parkrun").get().name == "Alva Berg"

    browser.post(SHARING, {})
    member.refresh_from_db()
    assert (member.shares_parkruns, member.shown_as) == (False, "full")
    assert not Entry.objects.not_removed().filter(kind="parkrun").exists()


@pytest.mark.parametrize("form", [{"parkruns": "1"}, {"parkruns": "on", "shown_as": "loud"}])
def test_invalid_choice_changes_nothing(member: Membership, athlete: User, form: dict[str, str]) -> None:
    before = member.consented_at

    answer = as_(athlete).post(SHARING, form)

    member.refresh_from_db()
    assert answer.status_code == 422
    assert (member.shares_parkruns, member.shown_as, member.consented_at) == (False, "short", before)


def test_page_shows_the_current_choice_and_its_date(member: Membership, athlete: User, captain: User) -> None:
    page = said(as_(athlete).get(SHARING))
    assert "Last saved" in page
    assert 'value="short" id="shown-as-short" checked>' in page

    assert "Sharing is off" in said(as_(captain).get(SHARING))


def test_leaving_needs_confirmation(member: Membership, athlete: User) -> None:
    browser = as_(athlete)
    assert "Leave Striders?" in said(browser.get(LEAVE))
    assert Membership.objects.of(athlete.pk).exists()

    answer = browser.post(LEAVE, follow=True)

    assert "You've left Striders" in said(answer)
    assert not Membership.objects.of(athlete.pk).exists()
    assert browser.post(LEAVE).status_code == 404


def test_club_whose_name_ends_in_a_full_stop_gets_no_second_one(member: Membership, athlete: User, club: Club) -> None:
    Club.objects.filter(pk=club.pk).update(name="Striders A.C.")

    page = said(as_(athlete).post(LEAVE, follow=True))

    assert "left Striders A.C. Everything" in page
    assert "A.C.." not in page


def test_last_captain_must_choose_a_new_one_first(club: Club, member: Membership, athlete: User, captain: User) -> None:
    browser = as_(captain)
    assert "Choose a new captain first" in said(browser.get(LEAVE))

    refused = browser.post(LEAVE)
    assert refused.status_code == 409
    assert "Choose a new captain first" in said(refused)
    assert Membership.objects.captains().of(captain.pk).exists()

    make_captain(club.pk, athlete.pk, by=captain.pk)
    assert browser.post(LEAVE).status_code == 302


def test_last_member_learns_that_the_club_closes(club: Club, captain: User) -> None:
    browser = as_(captain)
    assert "this closes the club" in said(browser.get(LEAVE))

    assert browser.post(LEAVE).status_code == 302

    assert not Club.objects.exists()


def test_request_to_join_can_be_withdrawn(club: Club, athlete: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)
    browser = as_(athlete)
    assert "Withdraw request" in said(browser.get(LEAVE))

    assert "Your request to join Striders has been withdrawn" in said(browser.post(LEAVE, follow=True))

    assert not Membership.objects.of(athlete.pk).exists()


def test_settings_show_every_club_and_what_it_sees(
    club: Club, other_club: Club, member: Membership, athlete: User
) -> None:
    join(athlete.pk, invite(other_club.pk, needs_approval=True).secret.reveal(), parkruns=True)
    as_(athlete).post(SHARING, {"parkruns": "on", "shown_as": "hidden"})

    page = said(as_(athlete).get("/settings/"))

    assert "sees my parkruns, shows me as a member" in page
    assert f'href="{SHARING}"' in page
    assert "waiting for a captain to approve" in page


def test_settings_without_a_club_say_so(athlete: User, operator: User) -> None:
    assert "You're not in a club yet" in said(as_(athlete).get("/settings/"))
    assert 'href="/clubs/new/"' not in said(as_(athlete).get("/settings/"))
    assert 'href="/clubs/new/"' in said(as_(operator).get("/settings/"))


def test_navigation_has_five_links_and_settings_are_in_the_menu(member: Membership, athlete: User) -> None:
    page = said(as_(athlete).get(SHARING))

    ways, menu = page[page.index("<nav") : page.index("</nav>")], page[page.index("<details") :]
    assert ways.count("<li>") == 5
    assert 'href="/athletes/" aria-current="page"' in ways
    assert "/settings/" not in ways
    assert 'href="/settings/"' in menu


def test_privacy_page_says_what_clubs_and_screens_see(client: Client) -> None:
    page = said(client.get("/privacy/"))

    for words in ("What a club sees", "Screens on walls", "or leave it"):
        assert words in page

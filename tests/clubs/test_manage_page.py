"""/clubs/<slug>/manage/: for captains. Members are refused, and for strangers the page does not exist."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen, revoke_invitation
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.feed.models import Entry
from strava_live.membership.joining import join
from strava_live.web.club_links import qr_image
from tests.clubs.visits import as_
from tests.web.reading import said

pytestmark = pytest.mark.django_db
MANAGE = "/clubs/striders/manage/"
GOOD = {"name": "Striders of the Hill", "time_zone": "Europe/Berlin"}


def all_forms(athlete: User, asker: User, invitation: Invitation, screen: Screen) -> list[tuple[str, dict[str, str]]]:
    """Return path and fields of every form of the page."""
    return [
        (MANAGE, GOOD),
        (f"{MANAGE}step-down/", {}),
        (f"{MANAGE}members/{athlete.pk}/captain/", {}),
        (f"{MANAGE}members/{athlete.pk}/remove/", {}),
        (f"{MANAGE}members/{asker.pk}/approve/", {}),
        (f"{MANAGE}members/{asker.pk}/refuse/", {}),
        (f"{MANAGE}invitations/", {"lasts": "0"}),
        (f"{MANAGE}invitations/{invitation.pk}/revoke/", {}),
        (f"{MANAGE}screens/", {"name": "Café"}),
        (f"{MANAGE}screens/{screen.pk}/revoke/", {}),
    ]


def state(club: Club) -> object:
    return (
        list(Club.objects.values_list("name", "time_zone")),
        list(Membership.objects.order_by("pk").values_list("user", "role", "state")),
        list(Invitation.objects.order_by("pk").values_list("pk", "revoked_at")),
        list(Screen.objects.order_by("pk").values_list("pk", "revoked_at")),
    )


@pytest.fixture
def asker(club: Club, clubmate: User) -> User:
    join(clubmate.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)
    return clubmate


@pytest.mark.parametrize(("who", "status"), [("signed_out", 302), ("stranger", 404), ("asker", 404), ("member", 403)])
def test_only_captains_can_use_the_page(
    who: str, status: int, club: Club, member: Membership, asker: User, stranger: User
) -> None:
    browser = {"signed_out": Client(), "stranger": as_(stranger), "asker": as_(asker), "member": as_(member.user)}[who]
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    before = state(club)

    codes = (f"{MANAGE}invitations/{invitation.pk}/qr.svg", f"{MANAGE}screens/{screen.pk}/qr.svg")
    for path in (MANAGE, f"{MANAGE}members/{member.user_id}/", *codes):
        assert browser.get(path).status_code == status
    for path, form in all_forms(member.user, asker, invitation, screen):
        answer = browser.post(path, form)
        assert answer.status_code == status
        if status == 302:
            assert answer.headers["Location"].startswith("/accounts/login/")

    assert state(club) == before


def test_captain_of_another_club_cannot_change_this_one(
    club: Club, member: Membership, asker: User, stranger: User, other_club: Club
) -> None:
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    before = state(club)

    for path, form in all_forms(member.user, asker, invitation, screen):
        theirs = path.replace("striders", "other")
        if theirs.endswith(("/captain/", "/remove/", "/approve/", "/refuse/", "/revoke/")):
            assert as_(stranger).post(theirs, form).status_code == 404

    assert state(club) == before


def test_page_shows_members_requests_invitations_and_screens(
    club: Club, member: Membership, asker: User, captain: User
) -> None:
    invitation, screen = invite(club.pk, lasts=timedelta(days=7)), put_up_screen(club.pk, name="Café")

    answer = as_(captain).get(MANAGE)
    page = said(answer)

    for words in ("Alva Berg", "Carol Dunn", "1 request to join", "Bruno Costa", "Café"):
        assert words in page
    assert f"http://testserver/join/{invitation.secret.reveal()}/" in page
    assert f"http://testserver/clubs/striders/screen/{screen.secret.reveal()}/" in page
    assert page.count('class="qr" src="/clubs/striders/manage/') == 4  # the fixtures', this one, and the screen
    assert '<svg class="qr"' not in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_qr_codes_are_served_as_images(club: Club, captain: User) -> None:
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    browser, site = as_(captain), "http://testserver"
    addresses = {
        f"{MANAGE}invitations/{invitation.pk}/qr.svg": f"{site}/join/{invitation.secret.reveal()}/",
        f"{MANAGE}screens/{screen.pk}/qr.svg": f"{site}/clubs/striders/screen/{screen.secret.reveal()}/",
    }
    for path, address in addresses.items():
        drawn = browser.get(path)
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        assert "no-store" in drawn.headers["Cache-Control"]
        assert drawn.content == qr_image(address)
        assert b'<svg xmlns="http://www.w3.org/2000/svg"' in drawn.content


def test_qr_code_of_a_revoked_or_unknown_key_is_not_found(club: Club, captain: User, other_club: Club) -> None:
    theirs, revoked = invite(other_club.pk), invite(club.pk)
    revoke_invitation(club.pk, revoked.pk)

    for pk in (theirs.pk, revoked.pk, 0, 10**6, 10**30):
        assert as_(captain).get(f"{MANAGE}invitations/{pk}/qr.svg").status_code == 404


def test_captain_changes_name_and_zone(club: Club, captain: User) -> None:
    answer = as_(captain).post(MANAGE, GOOD)

    club.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, MANAGE)
    assert (club.name, club.time_zone, club.slug) == ("Striders of the Hill", "Europe/Berlin", "striders")


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "x" * 81}, {"time_zone": "Nowhere"}])
def test_invalid_name_or_zone_is_refused_and_shown_again(club: Club, captain: User, wrong: dict[str, str]) -> None:
    answer = as_(captain).post(MANAGE, GOOD | wrong)

    club.refresh_from_db()
    assert answer.status_code == 422
    assert (club.name, club.time_zone) == ("Striders", "Europe/London")
    assert answer.context["club_form"]["time_zone"].value() == (GOOD | wrong)["time_zone"]
    assert "Manage Striders" in said(answer)


def test_captain_accepts_and_declines_requests(club: Club, asker: User, athlete: User, captain: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)
    browser = as_(captain)

    accepted = browser.post(f"{MANAGE}members/{asker.pk}/approve/", follow=True)
    refused = browser.post(f"{MANAGE}members/{athlete.pk}/refuse/", follow=True)

    assert "Bruno Costa is now a member" in said(accepted)
    assert "Alva Berg's request was declined" in said(refused)
    assert list(Membership.objects.active().exclude(user=captain).values_list("user", flat=True)) == [asker.pk]
    assert Entry.objects.not_removed().get().name == "Bruno C."
    for word in ("approve", "refuse"):
        assert browser.post(f"{MANAGE}members/{asker.pk}/{word}/").status_code == 404


def test_captain_hands_over(club: Club, member: Membership, captain: User) -> None:
    browser = as_(captain)
    refused = browser.post(f"{MANAGE}step-down/", follow=True)
    assert "Make someone else captain first" in said(refused)
    assert f"Make {member.user} captain" in said(browser.get(f"{MANAGE}members/{member.user_id}/"))

    browser.post(f"{MANAGE}members/{member.user_id}/captain/")
    answer = browser.post(f"{MANAGE}step-down/")

    assert answer.headers["Location"] == "/clubs/striders/"
    assert browser.get(MANAGE).status_code == 403
    assert as_(member.user).get(MANAGE).status_code == 200


def test_captain_removes_a_member_but_not_themself(club: Club, member: Membership, captain: User) -> None:
    browser = as_(captain)

    answer = browser.post(f"{MANAGE}members/{member.user_id}/remove/", follow=True)

    assert "Alva Berg has been removed from the club" in said(answer)
    assert as_(member.user).get("/clubs/striders/sharing/").status_code == 404
    itself = browser.post(f"{MANAGE}members/{captain.pk}/remove/")
    assert itself.headers["Location"] == "/clubs/striders/leave/"
    assert Membership.objects.captains().of(captain.pk).exists()


@pytest.mark.parametrize("unknown", [0, 10**6, 2**63 - 1, 10**30])
def test_unknown_ids_are_not_found(club: Club, captain: User, unknown: int) -> None:
    browser = as_(captain)
    assert browser.get(f"{MANAGE}members/{unknown}/").status_code == 404
    for word in ("captain", "remove", "approve", "refuse"):
        assert browser.post(f"{MANAGE}members/{unknown}/{word}/").status_code == 404
    for part in ("invitations", "screens"):
        assert browser.post(f"{MANAGE}{part}/{unknown}/revoke/").status_code == 404


def test_invitation_is_created_as_chosen_and_revoked_once(club: Club, captain: User) -> None:
    browser = as_(captain)

    answer = browser.post(f"{MANAGE}invitations/", {"lasts": "7", "needs_approval": "on"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{MANAGE}#invitations")
    made = Invitation.objects.get()
    assert (made.needs_approval, made.on_screens, made.made_by) == (True, False, captain)
    assert made.expires_at is not None
    assert timedelta(days=6, hours=23) < made.expires_at - timezone.now() <= timedelta(days=7)
    assert browser.post(f"{MANAGE}invitations/{made.pk}/revoke/").status_code == 302
    assert browser.post(f"{MANAGE}invitations/{made.pk}/revoke/").status_code == 404
    assert made.secret.reveal() not in said(browser.get(MANAGE))


def test_invitation_is_on_screens_only_if_a_captain_chooses_it(club: Club, captain: User) -> None:
    as_(captain).post(f"{MANAGE}invitations/", {"lasts": "0", "on_screens": "on"})
    assert Invitation.objects.get().on_screens
    assert "shown on your screens" in said(as_(captain).get(MANAGE))


def test_expired_invitation_is_not_shown(club: Club, captain: User) -> None:
    code = invite(club.pk, lasts=timedelta(days=1)).secret.reveal()
    assert code in said(as_(captain).get(MANAGE))

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert code not in said(as_(captain).get(MANAGE))


@pytest.mark.parametrize("form", [{}, {"lasts": "3650"}, {"lasts": "x"}, {"lasts": "-1"}])
def test_invalid_invitation_is_refused(club: Club, captain: User, form: dict[str, str]) -> None:
    answer = as_(captain).post(f"{MANAGE}invitations/", form)

    assert answer.status_code == 422
    assert "Please fix this" in said(answer)
    assert not Invitation.objects.exists()


def test_screen_is_added_and_revoked(club: Club, captain: User) -> None:
    browser = as_(captain)

    answer = browser.post(f"{MANAGE}screens/", {"name": " The \u202e café "})

    assert answer.headers["Location"] == f"{MANAGE}#screens"
    screen = Screen.objects.get()
    assert (screen.name, screen.made_by) == ("The café", captain)
    assert browser.post(f"{MANAGE}screens/{screen.pk}/revoke/").status_code == 302
    assert browser.post(f"{MANAGE}screens/{screen.pk}/revoke/").status_code == 404
    assert screen.secret.reveal() not in said(browser.get(MANAGE))


@pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 81])
def test_screen_needs_a_visible_name(club: Club, captain: User, name: str) -> None:
    answer = as_(captain).post(f"{MANAGE}screens/", {"name": name})

    assert answer.status_code == 422
    assert not Screen.objects.exists()


def test_too_many_keys_are_refused(club: Club, captain: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strava_live.clubs.keys.MOST_KEYS", 1)
    for part, form in (("invitations", {"lasts": "0"}), ("screens", {"name": "Café"})):
        as_(captain).post(f"{MANAGE}{part}/", form)

        again = as_(captain).post(f"{MANAGE}{part}/", form, follow=True)

        assert "Revoke one you no longer need first" in said(again)
    assert (Invitation.objects.count(), Screen.objects.count()) == (1, 1)


def test_form_addresses_do_not_answer_get(club: Club, member: Membership, asker: User, captain: User) -> None:
    for path, _ in all_forms(member.user, asker, invite(club.pk), put_up_screen(club.pk))[1:]:
        assert as_(captain).get(path).status_code == 405


def test_number_of_queries_is_fixed(
    club: Club, captain: User, code: str, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        join(User.objects.create_user(f"member-{number}").pk, code, parkruns=False)
        invite(club.pk)
    found_club_at("third", "Third", time_zone="UTC", captain=captain)
    browser = as_(captain)

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert "13 members" in said(browser.get(MANAGE))

"""The texts of a club's pages."""

from datetime import UTC, datetime

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.web.club_words import (
    invitation_words,
    join_button,
    leave_words,
    member_since,
    sharing_words,
    wall_screen_words,
)

STRIDERS = Club(name="Striders")
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_leaving_warns_of_what_is_lost() -> None:
    member = Membership(club=STRIDERS)

    assert leave_words(member, closes_club=False).button == "Leave"
    assert "are removed from the feed" in leave_words(member, closes_club=False).warning
    assert leave_words(member, closes_club=True).button == "Leave and close the club"
    assert "this closes the club" in leave_words(member, closes_club=True).warning


def test_request_to_join_is_withdrawn_instead_of_left() -> None:
    words = leave_words(Membership(club=STRIDERS, state="asking"), closes_club=False)

    assert (words.title, words.button) == ("Withdraw your request to join Striders?", "Withdraw request")


@pytest.mark.parametrize(
    ("asked", "needs_approval", "label"),
    [(True, True, "Save"), (False, True, "Ask to join"), (False, False, "Join Striders")],
)
def test_join_button(asked: bool, needs_approval: bool, label: str) -> None:
    assert join_button(STRIDERS, asked=asked, needs_approval=needs_approval) == label


def test_member_since() -> None:
    captain = Membership(club=STRIDERS, role="captain", joined_at=MAY)

    assert member_since(Membership(club=STRIDERS, joined_at=MAY)) == "Member of Striders since 1 May 2026."
    assert member_since(captain) == "Captain of Striders, member since 1 May 2026."


def test_invitation_words() -> None:
    open_link = invitation_words(Invitation(made_at=MAY, expires_at=None))
    limited = invitation_words(Invitation(made_at=MAY, expires_at=MAY, needs_approval=True, on_screens=True))

    assert (open_link.name, open_link.details) == ("Open link", "no expiry")
    assert (limited.name, limited.details) == ("Approval needed", "expires 1 May, 12:00, shown on your screens")
    assert limited.revoke_what == "the invitation made on 1 May, 12:00"


def test_wall_screen_words() -> None:
    words = wall_screen_words(Screen(name="Café", made_at=MAY))

    assert (words.name, words.details, words.revoke_what) == ("Café", "added 1 May 2026", "Café")


def test_sharing_words() -> None:
    assert sharing_words(Membership(club=STRIDERS, state="asking")) == "waiting for a captain to approve"

    user = User(username="alva", display_name="Alva Berg")
    assert sharing_words(Membership(club=STRIDERS, user=user)) == "doesn't see my parkruns, shows me as Alva B."
    hidden = Membership(club=STRIDERS, user=user, shown_as="hidden", shares_parkruns=True)
    assert sharing_words(hidden) == "sees my parkruns, shows me as a member"

"""The texts of a club's pages: joining, leaving, managing its members, invitations and wall screens.

A wall screen is a television or tablet in the club's café that shows the feed. It opens a link with a secret key.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.web.words import quantity

NOT_UNDOABLE = "This can't be undone."


@dataclass(frozen=True)
class LeaveWords:
    """The texts of the page that asks whether to leave a club, or to withdraw a request to join it."""

    title: str
    warning: str
    button: str
    cancel: str
    back: str


def leave_words(member: Membership, *, closes_club: bool) -> LeaveWords:
    """Return the texts for this member. Pass `closes_club` for a captain who is the last member: the club closes."""
    club = member.club.name
    if member.state == Membership.MemberState.ASKING:
        return LeaveWords(
            title=f"Withdraw your request to join {club}?",
            warning="The club's captains won't see your request any more. You can ask again with the same invitation.",
            button="Withdraw request",
            cancel="Keep asking",
            back="My page",
        )
    return LeaveWords(
        title=f"Leave {club}?",
        warning=(
            "You're the last member, so this closes the club. Its feed, invitations and screens will be deleted. "
            f"{NOT_UNDOABLE}"
            if closes_club
            else "Your parkruns, posts and cheers are removed from the feed and every screen straight away. "
            f"{NOT_UNDOABLE} Your own history stays with you."
        ),
        button="Leave and close the club" if closes_club else "Leave",
        cancel="Stay in the club",
        back=club,
    )


def join_button(club: Club, *, asked: bool, needs_approval: bool) -> str:
    if asked:
        return "Save"
    return "Ask to join" if needs_approval else f"Join {club.name}"


def member_since(member: Membership) -> str:
    """Return "Member of Striders since 1 May 2026."."""
    club, day = member.club.name, local(member.joined_at, "j F Y")
    return f"{f'Captain of {club}, member' if member.is_captain else f'Member of {club}'} since {day}."


def reported_words(number: int) -> str:
    """Return "2 reported posts"; "" for 0."""
    return quantity(number, "reported post", "reported posts") if number else ""


def part_words(shown: int, number: int) -> str:
    """Return "These are the first 50 of 120." for a list of which the page shows a part; "" if it shows all."""
    return f"These are the first {shown} of {number:,}." if shown < number else ""


def request_count(number: int) -> str:
    """Return "2 requests to join"."""
    return f"{quantity(number, 'request', 'requests')} to join"


@dataclass(frozen=True)
class SecretLinkWords:
    """What the page for managing a club says about one secret link: an invitation, or the link of a wall screen."""

    name: str
    details: str
    revoke_what: str
    """What the button "Revoke" revokes, for software that reads pages aloud."""
    revoke_warning: str
    revoke_button: str
    unreadable: str
    """The text in place of the link if the setting FIELD_KEYS can no longer decrypt the key."""
    qr_help: str


def invitation_words(invitation: Invitation) -> SecretLinkWords:
    expires = invitation.expires_at
    details = f"expires {local(expires, 'j F, H:i')}" if expires else "no expiry"
    return SecretLinkWords(
        name="Approval needed" if invitation.needs_approval else "Open link",
        details=f"{details}{', shown on your screens' if invitation.on_screens else ''}",
        revoke_what=f"the invitation made on {local(invitation.made_at, 'j F, H:i')}",
        revoke_warning=f"Nobody can join with this link any more. {NOT_UNDOABLE}",
        revoke_button="Revoke this invitation",
        unreadable=(
            "We can no longer show this link. Anyone who has it can still use it. "
            "Create a new invitation, then revoke this one."
        ),
        qr_help="Print it on a poster, or hold it up at the finish.",
    )


def wall_screen_words(screen: Screen) -> SecretLinkWords:
    return SecretLinkWords(
        name=screen.name,
        details=f"added {local(screen.made_at, 'j F Y')}",
        revoke_what=screen.name,
        revoke_warning=f"The screen goes dark straight away. {NOT_UNDOABLE}",
        revoke_button="Revoke this screen",
        unreadable=(
            "We can no longer show this link. Screens that already use it carry on working. "
            "Add a new screen, then revoke this one."
        ),
        qr_help=("Scan it with the tablet that will be the screen. Anyone who photographs it can open the screen too."),
    )


def last_saved_words(member: Membership) -> str:
    if member.consented_at is None:
        return "Sharing is off: you haven't saved a choice yet."
    return f"Last saved {local(member.consented_at, 'j F Y, H:i')}."


def sharing_words(member: Membership) -> str:
    """Return in one line what a club sees of a member: "sees my parkruns, shows me as Alva B."."""
    if member.state == Membership.MemberState.ASKING:
        return "waiting for a captain to approve"
    sees = "sees my parkruns" if member.shares_parkruns else "doesn't see my parkruns"
    return f"{sees}, shows me as {member.shown_name or 'a member'}"


def local(at: datetime, pattern: str) -> str:
    """Format a time in the active time zone, with Django's date format characters."""
    return date_format(timezone.localtime(at), pattern)

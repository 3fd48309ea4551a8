"""Join a club with an invitation, at once or after a captain's approval.

A `joined` entry in the club's feed announces a new member, under the name that they have chosen to show this club.
"""

from django.db import transaction
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.clubs.captains import require_captain
from strava_live.clubs.locks import lock_clubs, locked_membership
from strava_live.clubs.members import request_of
from strava_live.clubs.models import Invitation, Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.membership.sharing import record_consent
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.notifications.noting import note
from strava_live.visibility import ShownAs

MemberState = Membership.MemberState


class NoInvitation(LookupError):
    """The code belongs to no invitation, or to one that has expired or been revoked."""


def invitation_with(code: str) -> Invitation:
    valid = Invitation.objects.valid(now=timezone.now())
    found: Invitation | None = valid.with_secret(code).select_related("club").first()
    if found is None:
        raise NoInvitation
    return found


def join(user_id: int, code: str, *, parkruns: bool, shown_as: str = ShownAs.SHORT) -> Membership:
    """Make a person a member or, if the invitation needs approval, store their request: a membership in state ASKING.

    Return the membership. Raise NoInvitation if the code is not valid.

    For a person who is already a member, return their membership and change nothing.
    """
    with transaction.atomic():
        lock_athlete(user_id)
        club_id = invitation_with(code).club_id
        lock_clubs(user_id, [club_id])
        # Read again under the lock: the invitation may have been revoked, or the club closed.
        invitation = invitation_with(code)
        known = Membership.objects.in_club(club_id).of(user_id).select_related("club", "user").first()
        if known is not None and known.state == MemberState.ACTIVE:
            return known
        member = known or Membership(club=invitation.club, user=User.objects.get(pk=user_id))
        member.state = MemberState.ASKING if invitation.needs_approval else MemberState.ACTIVE
        member.joined_at = timezone.now()
        record_consent(member, parkruns=parkruns, shown_as=shown_as)
        if member.state == MemberState.ACTIVE:
            add_first_entries(member)
    return member


def approve(club_id: int, user_id: int, *, by: int) -> None:
    """Grant a request to join: the person becomes a member. Raise NotAMember if the request no longer exists."""
    with transaction.atomic():
        member = locked_membership(club_id, user_id, request_of)
        require_captain(club_id, by)
        member.state, member.joined_at = MemberState.ACTIVE, timezone.now()
        member.save(update_fields=["state", "joined_at"])
        add_first_entries(member)
        note_answer(member, by, CaptainsAnswer.JOIN_ACCEPTED)


def refuse(club_id: int, user_id: int, *, by: int) -> None:
    """Delete a request to join. The person may ask again. Raise NotAMember if the request no longer exists."""
    with transaction.atomic():
        member = locked_membership(club_id, user_id, request_of)
        require_captain(club_id, by)
        member.delete()
        note_answer(member, by, CaptainsAnswer.JOIN_DECLINED)


def note_answer(member: Membership, captain_id: int, answer: CaptainsAnswer) -> None:
    """Notify a person of a captain's answer to their request to join."""
    club_id = member.club_id
    key = f"answer.join.{club_id}"
    note(
        member.user_id,
        Notification.NoteKind.ANSWER,
        key,
        actor_id=captain_id,
        club_id=club_id,
        data={"answer": answer},
    )


def add_first_entries(member: Membership) -> None:
    """Add a new member's entries to the club's feed: that they have joined, and the parkruns that they share."""
    add_joined_entry(member)
    reconcile_parkrun_entries(member.user_id)


def add_joined_entry(member: Membership) -> None:
    """Announce a new member in the club's feed, unless the feed already has that entry. Leaving removes the entry."""
    key = f"joined.{member.user_id}"
    with entry_writers([member.club_id]) as writers:
        if not Entry.objects.of_club(member.club_id).filter(key=key).exists():
            writers[member.club_id].add(
                kind=Entry.Kind.JOINED, key=key, athlete_id=member.user_id, name=member.shown_name
            )

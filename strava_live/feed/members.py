"""Joining a club, leaving it, and saying what it sees: a membership and, in the same transaction, the club's feed.

Always in this order: the turn of the person whose membership it is, their clubs, the membership, the feed. Whoever is
in a club no longer is shown out of its sockets after the commit.
"""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.broadcast import member_target
from strava_live.clubs.captains import (
    LastCaptain,
    NotAMember,
    appoint_heir,
    lock_clubs,
    member_of,
    other_captains,
    others,
    require_captain,
)
from strava_live.clubs.founding import close_club
from strava_live.clubs.keys import evict, have_walls_ask_anew
from strava_live.clubs.models import Invitation, Membership
from strava_live.feed.joining import add_joined_entry
from strava_live.feed.leaving import remove_entries_of
from strava_live.feed.names import rename_in_entries
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.parkrun.results import lock_athlete

ShownAs, State = Membership.ShownAs, Membership.State


class NoInvitation(LookupError):
    """No invitation has this code, or not any more."""


def invitation_with(code: str) -> Invitation:
    open_ones = Invitation.objects.valid(now=timezone.now())
    found: Invitation | None = open_ones.with_secret(code).select_related("club").first()
    if found is None:
        raise NoInvitation
    return found


def join(user_id: int, code: str, *, parkruns: bool, shown_as: str = ShownAs.SHORT) -> Membership:
    """Active, or asking where a captain is to say yes. Who is a member already stays as they are."""
    with transaction.atomic():
        lock_athlete(user_id)
        club_id = invitation_with(code).club_id
        lock_clubs(user_id, [club_id])
        invitation = invitation_with(code)  # once more: it may have been revoked, or the club closed, meanwhile
        known = Membership.objects.in_club(club_id).of(user_id).select_related("club", "user").first()
        if known is not None and known.state == State.ACTIVE:
            return known
        member = known or Membership(club=invitation.club, user=User.objects.get(pk=user_id))
        member.state = State.ASKING if invitation.needs_approval else State.ACTIVE
        member.joined_at = timezone.now()
        say_what_is_shared(member, parkruns=parkruns, shown_as=shown_as)
        welcome(member)
    return member


def welcome(member: Membership) -> None:
    if member.state == State.ACTIVE:
        add_joined_entry(member)
        reconcile_parkrun_entries(member.user_id)


def share(club_id: int, user_id: int, *, parkruns: bool, shown_as: str | None = None) -> Membership:
    """What a club sees from now on; None leaves how they are shown as it is. Raises NotAMember."""
    with transaction.atomic():
        member = taking_turns(club_id, user_id, member_of)
        say_what_is_shared(member, parkruns=parkruns, shown_as=shown_as or member.shown_as)
        reconcile_parkrun_entries(user_id)
        rename_in_entries(user_id)
        have_walls_ask_anew(club_id)
    return member


def say_what_is_shared(member: Membership, *, parkruns: bool, shown_as: str) -> None:
    member.shares_parkruns, member.shown_as = parkruns, shown_as
    member.consented_at = timezone.now()
    member.save()


def approve(club_id: int, user_id: int, *, by: int) -> None:
    """Raises NotAMember when they do not ask any more."""
    with transaction.atomic():
        member = taking_turns(club_id, user_id, asking_in)
        require_captain(club_id, by)
        member.state, member.joined_at = State.ACTIVE, timezone.now()
        member.save(update_fields=["state", "joined_at"])
        welcome(member)


def refuse(club_id: int, user_id: int, *, by: int) -> None:
    with transaction.atomic():
        member = taking_turns(club_id, user_id, asking_in)
        require_captain(club_id, by)
        member.delete()


def leave(club_id: int, user_id: int) -> None:
    """Or not ask any longer. The last captain leaves only as the last of all, and that closes the club."""
    with transaction.atomic():
        member = taking_turns(club_id, user_id, known_in)
        if member.is_captain and others(member).exists() and not other_captains(club_id, user_id):
            raise LastCaptain(user_id)
        end(member)


def remove_member(club_id: int, user_id: int, *, by: int) -> None:
    """By a captain, who stays: so there is still one."""
    if user_id == by:
        raise ValueError("Nobody removes themself: that is leaving.")
    with transaction.atomic():
        member = taking_turns(club_id, user_id, member_of)
        require_captain(club_id, by)
        end(member)


def leave_every_club(user_id: int) -> None:
    """For somebody whose account goes. In the caller's transaction, and in their turn."""
    lock_clubs(user_id)
    for member in Membership.objects.of(user_id).select_related("club", "user").order_by("club"):
        appoint_heir(member)
        end(member)


def end(member: Membership) -> None:
    """The club is locked. A club that its last captain leaves empty is closed."""
    was_captain, was_active = member.is_captain, member.state == State.ACTIVE
    member.delete()
    if not was_active:
        return
    remove_entries_of(member.user_id, member.club_id)
    have_walls_ask_anew(member.club_id)
    evict(member.club_id, member_target(member.club_id, member.user_id))
    if was_captain and not others(member).exists():
        close_club(member.club_id)


def keep_profile(user: User, *fields: str) -> None:
    """These fields of a person, and nothing else of what may have changed since they were read. Their name may be
    another now: every club of theirs shows it at once. Raises User.DoesNotExist for who was deleted meanwhile."""
    with transaction.atomic():
        lock_athlete(user.pk)
        lock_clubs(user.pk)
        known = User.objects.get(pk=user.pk)
        for name in fields:
            setattr(known, name, getattr(user, name))
        known.save(update_fields=fields)
        rename_in_entries(user.pk)


def taking_turns(club_id: int, user_id: int, find: Callable[[int, int], Membership]) -> Membership:
    """Somebody's membership, with their turn taken and their clubs locked. Looked for before that too: nobody takes
    the turn of one who does not exist."""
    find(club_id, user_id)
    lock_athlete(user_id)
    lock_clubs(user_id, [club_id])
    return find(club_id, user_id)


def asking_in(club_id: int, user_id: int) -> Membership:
    return only(Membership.objects.asking().in_club(club_id).of(user_id).select_related("club", "user").first())


def known_in(club_id: int, user_id: int) -> Membership:
    """A member, or somebody who asks to be one."""
    return only(Membership.objects.in_club(club_id).of(user_id).select_related("club", "user").first())


def only(found: Membership | None) -> Membership:
    if found is None:
        raise NotAMember
    return found

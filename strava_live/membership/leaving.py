"""End a membership: leave, be removed by a captain, or delete the account.

The transaction that ends a membership also removes the member's entries, posts, cheers and mentions from the club's
feed. The member's sockets of this feed are closed after the commit.
"""

from django.db import transaction

from strava_live.broadcast import member_target
from strava_live.clubs.captains import LastCaptain, appoint_heir, other_captains, others, require_captain
from strava_live.clubs.founding import close_club
from strava_live.clubs.keys import evict, refresh_screens
from strava_live.clubs.locks import lock_clubs, locked_membership
from strava_live.clubs.members import member_of, member_or_request_of
from strava_live.clubs.models import Membership
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.mention_text import without_person
from strava_live.feed.models import Cheer, Entry, Mention
from strava_live.notifications.forgetting import forget_member, lock_concerned


def leave(club_id: int, user_id: int) -> None:
    """Leave a club, or withdraw a request to join it.

    Raise LastCaptain if other members would be left without a captain.
    """
    with transaction.atomic():
        member = locked_membership(club_id, user_id, member_or_request_of)
        if member.is_captain and others(member).exists() and not other_captains(club_id, user_id):
            raise LastCaptain(user_id)
        end_membership(member)


def remove_member(club_id: int, user_id: int, *, by: int) -> None:
    """Remove another member. The captain who does it stays, so the club keeps a captain."""
    if user_id == by:
        raise ValueError("A captain cannot remove themself. Call leave() instead.")
    with transaction.atomic():
        member = locked_membership(club_id, user_id, member_of)
        require_captain(club_id, by)
        end_membership(member)


def leave_every_club(user_id: int) -> None:
    """End all memberships of an account that is being deleted. The caller's transaction holds the athlete's lock."""
    lock_clubs(user_id)
    for member in Membership.objects.of(user_id).select_related("club", "user").order_by("club"):
        appoint_heir(member)
        end_membership(member)


def end_membership(member: Membership) -> None:
    """Delete a membership or a request to join. Remove the member's entries, posts and cheers from the club's feed.

    Close the club if the member was a captain and no other member is left. Needs the athlete's lock and the club's.
    """
    was_captain, was_active = member.is_captain, member.state == Membership.MemberState.ACTIVE
    member.delete()
    if not was_active:
        return
    lock_concerned(member.user_id, member.club_id)
    remove_entries_of(member.user_id, member.club_id)
    forget_member(member.club_id, member.user_id)
    refresh_screens(member.club_id)
    evict(member.club_id, member_target(member.club_id, member.user_id))
    if was_captain and not others(member).exists():
        close_club(member.club_id)


def remove_entries_of(user_id: int, club_id: int) -> None:
    """Remove a person's entries, posts, cheers and mentions from a club. Needs the athlete's lock."""
    with entry_writers([club_id]) as writers:
        writer = writers[club_id]
        for entry in Entry.objects.of_athlete(user_id).filter(club=club_id):
            writer.remove(entry)
        remove_cheers_of(user_id, writer)
        remove_mentions_of(user_id, writer)


def remove_cheers_of(user_id: int, writer: EntryWriter) -> None:
    """Remove a person's cheers for the entries of the writer's club."""
    cheers = Cheer.objects.filter(user=user_id, entry__club=writer.club)
    for entry in Entry.objects.filter(pk__in=cheers.values("entry")):
        if entry.pk not in writer.changed:
            entry.cheers -= 1
            writer.change(entry)
    cheers.delete()


def remove_mentions_of(user_id: int, writer: EntryWriter) -> None:
    """Remove a person's name and id from the posts of the writer's club that mention them."""
    for found in Entry.objects.of_club(writer.club.pk).mentioning(user_id):
        entry = writer.change(found)
        if not entry.removed:
            entry.text = without_person(entry.text, user_id)
            entry.data["mentions"] = [one for one in entry.data["mentions"] if one["id"] != user_id]
    Mention.objects.filter(user=user_id, entry__club=writer.club).delete()

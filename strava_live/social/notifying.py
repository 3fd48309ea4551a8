"""Notify people of replies, mentions and cheers, and take notifications back, by keys of notifications/noting.py."""

from collections.abc import Iterable
from contextlib import suppress

from strava_live.feed.models import Entry, Report
from strava_live.leaky_bucket import Rate
from strava_live.notifications.forgetting import forget_entries
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.notifications.noting import note, note_all, take_back
from strava_live.rate_limits import TooManyRequests, limit

Kind = Notification.NoteKind
CHEERS_NOTED = Rate(3, 3600)
"""How often a person is notified of the same member's cheer for the same entry: 3 times at once, then one every 20
minutes. Without this limit, a member who cheers and takes it back many times would notify the person each time."""


def note_post(entry: Entry, author_id: int, mentioned: Iterable[int]) -> None:
    """Notify the person to whom a post replies, and the members whom it mentions. Each of them once."""
    if (above := entry.reply_to) is not None and above.athlete_id is not None:
        note(above.athlete_id, Kind.REPLY, f"reply.{above.pk}", actor_id=author_id, entry=above)
    note_mentions(entry, author_id, mentioned)


def note_mentions(entry: Entry, author_id: int, people: Iterable[int]) -> None:
    """Notify the members whom a post mentions, except the person to whom it replies, who is notified of the reply."""
    above = entry.reply_to
    people = set(people) - {above.athlete_id if above else None}
    note_all(people, Kind.MENTION, f"mention.{entry.pk}", actor_id=author_id, entry=entry)


def take_back_mentions(entry: Entry, author_id: int, people: Iterable[int]) -> None:
    for user_id in people:
        take_back(user_id, f"mention.{entry.pk}", author_id)


def take_back_post(entry: Entry) -> None:
    """Take back the notifications that a post has caused, before the post is removed or hidden."""
    if entry.reply_to is not None and entry.athlete_id is not None and entry.reply_to.athlete_id is not None:
        take_back(entry.reply_to.athlete_id, f"reply.{entry.reply_to_id}", entry.athlete_id)
    forget_entries([entry.pk])


def note_cheer(entry: Entry, user_id: int) -> None:
    """Notify the person of an entry that a member cheers for it, unless the member has done that too often lately."""
    if entry.athlete_id is None:
        return
    with suppress(TooManyRequests):
        limit("cheers.noted", f"{user_id}.{entry.pk}", CHEERS_NOTED)
        note(entry.athlete_id, Kind.CHEER, f"cheer.{entry.pk}", actor_id=user_id, entry=entry)


def take_back_cheer(entry: Entry, user_id: int) -> None:
    if entry.athlete_id is not None:
        take_back(entry.athlete_id, f"cheer.{entry.pk}", user_id)


def note_outcome(reports: Iterable[Report], entry: Entry, captain_id: int, answer: CaptainsAnswer) -> None:
    """Tell the members who reported a post what a captain has decided.

    The notification does not belong to the entry, because it stays when the post is removed.
    """
    people = [report.reporter_id for report in reports]
    note_all(
        people,
        Kind.ANSWER,
        f"answer.report.{entry.pk}",
        actor_id=captain_id,
        club_id=entry.club_id,
        data={"answer": answer},
    )

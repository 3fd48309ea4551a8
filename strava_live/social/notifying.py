"""Notify people of replies, mentions and cheers, or take notifications back. notifications/noting.py has the keys."""

from collections.abc import Iterable
from contextlib import suppress

from strava_live.feed.models import Entry, Report
from strava_live.leaky_bucket import Rate
from strava_live.notifications.forgetting import forget_entries
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.notifications.noting import note, note_all, take_back
from strava_live.rate_limits import TooManyRequests, limit
from strava_live.visibility import NOT_NOTED

Kind = Notification.NoteKind
POSTS_NOTED = Rate(10, 3000)
"""How often a member notifies the same person of one club by replies and mentions: 10 times at once, then one every 5
minutes. Each club has a count of its own. With a common count, many posts in a club that shows the member's name would
stop notifications in a club that hides it, and so reveal who the member there is."""
CHEERS_NOTED = Rate(3, 3600)
"""How often a person is notified of the same member's cheer for the same entry: 3 times at once, then one every 20
minutes. Without this limit, a member who cheers and takes it back many times would notify the person each time."""


def note_reply(above: Entry, author_id: int, *, push: bool = True) -> dict[str, bool]:
    """Notify the person whom the entry `above` is about of a reply to it. Return the fields for the reply's `data`.

    They say whether the notification was left out, because the entry is hidden, or the person has muted the author or
    was notified of too many posts. If such a reply is deleted, the notification of the author's other replies stays as
    it is.
    """
    person_id = above.athlete_id
    if person_id is None or person_id == author_id:
        return {}
    key, is_noted = f"reply.{above.pk}", False
    if above.hidden_at is None and may_notify(above.club_id, author_id, person_id):
        is_noted = note(person_id, Kind.REPLY, key, actor_id=author_id, entry=above, push=push)
    return {} if is_noted else {NOT_NOTED: True}


def note_mentions(entry: Entry, author_id: int, people: Iterable[int], *, push: bool = True) -> None:
    """Notify the members whom a post mentions, except the person to whom it replies, who is notified of the reply."""
    above = entry.reply_to
    others = set(people) - {author_id, above.athlete_id if above else None}
    noted = [one for one in others if may_notify(entry.club_id, author_id, one)]
    note_all(noted, Kind.MENTION, f"mention.{entry.pk}", actor_id=author_id, entry=entry, push=push)


def note_again(entry: Entry) -> None:
    """Notify of the reply and the mentions of a post that is shown again, without a push.

    Store in its `data` what `note_reply` returns.
    """
    author_id = entry.athlete_id
    if author_id is None:
        return
    entry.data.pop(NOT_NOTED, None)
    if entry.reply_to is not None:
        entry.data |= note_reply(entry.reply_to, author_id, push=False)
    note_mentions(entry, author_id, [one["id"] for one in entry.data.get("mentions", ())], push=False)


def may_notify(club_id: int, author_id: int, person_id: int) -> bool:
    """Count a notification that a post is about to cause. Return False if it is to be left out."""
    try:
        limit("posts.noted", f"{club_id}.{author_id}.{person_id}", POSTS_NOTED)
    except TooManyRequests:
        return False
    return True


def take_back_mentions(entry: Entry, author_id: int, people: Iterable[int]) -> None:
    for user_id in people:
        take_back(user_id, f"mention.{entry.pk}", author_id)


def take_back_post(entry: Entry) -> None:
    """Take back the notifications that a post has caused, before the post is hidden."""
    take_back_reply(entry)
    forget_entries([entry.pk])


def take_back_reply(entry: Entry) -> None:
    """Take back the notification of a reply, before it is hidden or removed. Do nothing for a post that is no reply."""
    person_id = entry.reply_to.athlete_id if entry.reply_to is not None else None
    if person_id in (None, entry.athlete_id) or entry.athlete_id is None or NOT_NOTED in entry.data:
        return
    take_back(person_id, f"reply.{entry.reply_to_id}", entry.athlete_id)


def note_cheer(entry: Entry, user_id: int) -> None:
    """Notify the person whom an entry is about of a member's cheer, unless the member has cheered too often lately."""
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

    The notification is not linked to the entry, so that it stays when the post is removed.
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

"""Posts: texts that members write into their club's feed, as replies or on their own.

A post's author can edit it for a while. The author and the club's captains can delete it.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from strava_live.clubs.members import NotAMember, member_of
from strava_live.clubs.models import Membership
from strava_live.error_codes import ErrorCode
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Entry, Mention, Report
from strava_live.notifications.models import CaptainsAnswer
from strava_live.rate_limits import limit
from strava_live.social.mentions import MentioningText, find_mentions
from strava_live.social.notifying import note_mentions, note_outcome, note_reply, take_back_mentions, take_back_reply
from strava_live.social.post_text import clean

EDIT_FOR = timedelta(minutes=15)
"""How long after posting a post may be edited."""
TOO_FAST = "That's a lot of posts in a few minutes. Wait a moment, then send this one again."


class UnknownEntry(LookupError):
    """The club has no such entry, or the person is not a member. The person does not learn which of the two."""

    code = ErrorCode.UNKNOWN_ENTRY


class NotYours(PermissionError):
    """The person may not delete the post: they are neither its author nor a captain."""


class CannotChangePost(Exception):
    """The post cannot be edited, answered, cheered for or reported. The exception's message says why, for people."""

    code: ErrorCode
    says: str

    def __init__(self) -> None:
        super().__init__(self.says)


class NotTheAuthor(CannotChangePost):
    code = ErrorCode.NOT_YOURS
    says = "Only the person who wrote a post can edit it."


class TooLateToEdit(CannotChangePost):
    code = ErrorCode.TOO_LATE
    says = "A post can be edited for 15 minutes. Delete it and post again instead."


class PostIsHidden(CannotChangePost):
    code = ErrorCode.POST_HIDDEN
    says = "A captain has hidden this post."


class LockedPost(NamedTuple):
    """A post as it is now, under the lock of its club's row. It may have been removed."""

    entry: Entry
    member: Membership
    """The membership of the person who acts."""
    writer: EntryWriter


def post(
    user_id: int, club_id: int, text: str, ref: str = "", *, reply_to: int | None = None, mentions: Sequence[int] = ()
) -> Entry:
    """Create a post. Raise UnknownEntry if its author is not a member, and BadPost if the text is unsuitable.

    Raise TooManyRequests if the author posts faster than POST_RATE.

    `reply_to` is the id of the entry that it replies to: raise UnknownEntry if the club has none, and PostIsHidden if a
    captain has hidden it. A reply to a reply goes to the entry above. `mentions` are members whom the author has picked
    by name (mentions.py).

    A browser sends a post again, with the same `ref`, if it got no answer. In this case return the first post, even if
    it has been deleted in the meantime. The repetition does not count towards POST_RATE.
    """
    text = clean(text)
    if not ref or not Entry.objects.of_club(club_id).filter(key=post_key(user_id, ref)).exists():
        limit("posts", user_id, settings.POST_RATE, sentence=TOO_FAST)
    return add_post(user_id, club_id, text, ref, reply_to=reply_to, mentions=mentions)


def add_post(
    user_id: int, club_id: int, text: str, ref: str = "", *, reply_to: int | None = None, mentions: Sequence[int] = ()
) -> Entry:
    """Create a post of a clean text as `post` does, without the limit on how fast the author may post."""
    key = post_key(user_id, ref or secrets.token_hex(16))
    with transaction.atomic():
        with entry_writers([club_id]) as writers:
            author = require_member(user_id, club_id)
            existing = Entry.objects.of_club(club_id).filter(key=key).first()
            if existing is not None:
                return existing
            said = find_mentions(club_id, text, mentions)
            above = None if reply_to is None else entry_to_reply_to(club_id, reply_to)
            not_noted = {} if above is None else note_reply(above, user_id)
            # By `ref`, the author's browser recognises the post: its text may have changed, and its author be hidden.
            entry = writers[club_id].add(
                kind=Entry.Kind.POST,
                key=key,
                athlete_id=user_id,
                name=author.shown_name,
                reply_to=above,
                **stored(said, {"ref": ref, **not_noted}),
            )
        add_mentions(entry, said)
        note_mentions(entry, user_id, ids_of(said))
    return entry


def post_key(user_id: int, ref: str) -> str:
    """Return the key of a post: a hash, because a deleted post keeps its key, which must not reveal the author."""
    return f"post.{hashlib.sha256(f'{user_id}.{ref}'.encode()).hexdigest()[:40]}"


def entry_to_reply_to(club_id: int, entry_id: int) -> Entry:
    """Return the entry below which a reply to this entry is shown: the entry itself, or the one that it replies to."""
    entry = Entry.objects.of_club(club_id).not_removed().filter(pk=entry_id).select_related("reply_to").first()
    if entry is None:
        raise UnknownEntry(entry_id)
    above = entry.reply_to or entry
    if entry.hidden_at or above.hidden_at:
        raise PostIsHidden
    return above


def stored(said: MentioningText, data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry that hold a text with its mentions. `data` has the other facts of the entry."""
    without = {name: value for name, value in data.items() if name != "mentions"}
    return {"text": said.stored, "data": without | ({"mentions": said.mentions} if said.mentions else {})}


def ids_of(said: MentioningText) -> list[int]:
    return [one["id"] for one in said.mentions]


def add_mentions(entry: Entry, said: MentioningText) -> None:
    if said.mentions:
        Mention.objects.bulk_create(Mention(entry=entry, user_id=one["id"]) for one in said.mentions)


def edit_post(
    user_id: int, entry_id: int, text: str, *, mentions: Sequence[int] = (), club_id: int | None = None
) -> Entry:
    """Change the text of a post. Raise UnknownEntry, BadPost or CannotChangePost if that is not possible.

    With `club_id`, a post of another club counts as unknown.

    Members whom the post mentioned before need not be picked again, even if another member has the same name.
    """
    text = clean(text)
    with locked_post(user_id, entry_id) as (entry, _, writer):
        if entry.removed or club_id not in (None, entry.club_id):
            raise UnknownEntry(entry_id)
        if entry.athlete_id != user_id:
            raise NotTheAuthor
        if entry.hidden_at:
            raise PostIsHidden
        if writer.now - entry.at > EDIT_FOR:
            raise TooLateToEdit
        before = [one["id"] for one in entry.data.get("mentions", ())]
        said = find_mentions(entry.club_id, text, [*mentions, *before])
        fields = stored(said, entry.data)
        if (entry.text, entry.data) != (fields["text"], fields["data"]):
            entry.text, entry.data, entry.edited_at = fields["text"], fields["data"], writer.now
            writer.change(entry)
            Mention.objects.filter(entry=entry).delete()
            add_mentions(entry, said)
            now = ids_of(said)
            take_back_mentions(entry, user_id, set(before) - set(now))
            note_mentions(entry, user_id, set(now) - set(before))
    return entry


def delete_post(user_id: int, entry_id: int) -> None:
    """Delete a post. Raise NotYours if the person is neither its author nor a captain.

    Raise UnknownEntry if the post does not exist, or if the person is not a member. Do nothing if the post is deleted
    while this call waits for the lock of the club's row.
    """
    with locked_post(user_id, entry_id) as (entry, deleter, writer):
        if entry.removed:
            return
        if entry.athlete_id != user_id and not deleter.is_captain:
            raise NotYours(entry_id)
        if entry.hidden_at is None:  # for a hidden post, `hide_post` has done this
            take_back_reply(entry)
        if deleter.user_id != entry.athlete_id:
            note_outcome(Report.objects.undecided().filter(entry=entry), entry, user_id, CaptainsAnswer.REPORT_HIDDEN)
        writer.remove(entry)


@contextmanager
def locked_post(user_id: int, entry_id: int) -> Iterator[LockedPost]:
    """Lock a post's club in a transaction, then read the post and yield it.

    Raise UnknownEntry if there is no such post, or if the person is not a member of its club. Both are checked before
    the club is locked, so that a stranger who guesses ids makes no club wait. Membership is checked again afterwards.
    """
    posts = Entry.objects.not_removed().filter(pk=entry_id, kind=Entry.Kind.POST)
    club_id = posts.values_list("club_id", flat=True).first()
    if club_id is None:
        raise UnknownEntry(entry_id)
    require_member(user_id, club_id)
    with transaction.atomic(), entry_writers([club_id]) as writers:
        member = require_member(user_id, club_id)
        yield LockedPost(Entry.objects.select_related("reply_to").get(pk=entry_id), member, writers[club_id])


def require_member(user_id: int, club_id: int) -> Membership:
    """Return a person's membership. Raise UnknownEntry if there is none, as if the entry did not exist."""
    try:
        return member_of(club_id, user_id)
    except NotAMember:
        raise UnknownEntry(club_id) from None

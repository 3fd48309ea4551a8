"""Posts: texts that members write into their club's feed. A post's author and the club's captains can delete it."""

import hashlib
import secrets

from django.db import transaction

from strava_live.accounts.plain_text import shows_something, visible_lines
from strava_live.clubs.members import NotAMember, member_of
from strava_live.clubs.models import Membership
from strava_live.error_codes import ErrorCode
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import MAX_POST, Entry

EMPTY_POST = "Write something first."
LONG_POST = "That's {length} characters; a post can have up to {most}."


class BadPost(ValueError):
    """The text cannot be posted. The exception's message says why, in words for the author."""

    code = ErrorCode.BAD_POST


class UnknownEntry(LookupError):
    """The club has no such entry, or the person is not a member. The person does not learn which of the two."""

    code = ErrorCode.UNKNOWN_ENTRY


class NotYours(PermissionError):
    """The person is neither the author of the post nor a captain, and may not delete it."""


def post(user_id: int, club_id: int, text: str, ref: str = "") -> Entry:
    """Create a post. Raise UnknownEntry if its author is not a member, and BadPost if the text is unsuitable.

    A browser sends a post again, with the same `ref`, if it got no answer. In this case return the first post, even if
    it has been deleted in the meantime.
    """
    text = clean(text)
    key = post_key(user_id, ref or secrets.token_hex(16))
    with transaction.atomic(), entry_writers([club_id]) as writers:
        author = require_member(user_id, club_id)
        existing = Entry.objects.of_club(club_id).filter(key=key).first()
        if existing is not None:
            return existing
        # By `ref`, the author's browser recognises its post, whose text may have been cleaned and whose name hidden.
        return writers[club_id].add(
            kind=Entry.Kind.POST, key=key, athlete_id=user_id, name=author.shown_name, text=text, data={"ref": ref}
        )


def post_key(user_id: int, ref: str) -> str:
    """Return the key of a post: a hash, because a deleted post keeps its key, which must not reveal the author."""
    return f"post.{hashlib.sha256(f'{user_id}.{ref}'.encode()).hexdigest()[:40]}"


def clean(text: str) -> str:
    """Remove invisible characters and repeated empty lines. Raise BadPost if the text is empty or too long."""
    if not shows_something(text):
        raise BadPost(EMPTY_POST)
    kept = visible_lines(text)
    if len(kept) > MAX_POST:
        raise BadPost(LONG_POST.format(length=f"{len(kept):,}", most=f"{MAX_POST:,}"))
    return kept


def delete_post(user_id: int, entry_id: int) -> None:
    """Delete a post. Raise NotYours if the person is neither its author nor a captain.

    Raise UnknownEntry if the post does not exist, or if the person is not a member. Do nothing if the post is deleted
    while this call waits for the lock of the club's row.
    """
    with transaction.atomic():
        entry = Entry.objects.not_removed().filter(pk=entry_id, kind=Entry.Kind.POST).first()
        if entry is None:
            raise UnknownEntry(entry_id)
        with entry_writers([entry.club_id]) as writers:
            deleter = require_member(user_id, entry.club_id)
            if entry.athlete_id != user_id and not deleter.is_captain:
                raise NotYours(entry_id)
            entry = Entry.objects.get(pk=entry_id)
            if not entry.removed:
                writers[entry.club_id].remove(entry)


def require_member(user_id: int, club_id: int) -> Membership:
    """Return a person's membership. Raise UnknownEntry if there is none, as if the entry did not exist."""
    try:
        return member_of(club_id, user_id)
    except NotAMember:
        raise UnknownEntry(club_id) from None

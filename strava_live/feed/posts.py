"""Posts: plain text that a member writes to their club, and that its author or a captain can delete."""

import hashlib
import re
import secrets

from django.db import transaction

from strava_live.accounts.plain_text import shows_something, visible
from strava_live.clubs.members import NotAMember, member_of
from strava_live.clubs.models import Membership
from strava_live.error_codes import ErrorCode
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import MAX_POST, Entry

EMPTY_LINES = re.compile(r"\n{3,}")
EMPTY_POST = "Write something first."
LONG_POST = "That's {length} characters; a post can have up to {most}."


class BadPost(ValueError):
    """The text cannot be posted. The message says why."""

    code = ErrorCode.BAD_POST


class UnknownEntry(LookupError):
    """The person is not a member of the club, or it has no such entry. Both look the same to them."""

    code = ErrorCode.UNKNOWN_ENTRY


class NotYours(PermissionError):
    """Only the author or a captain may delete a post."""


def post(user_id: int, club_id: int, text: str, ref: str = "") -> Entry:
    """Create a post, or return the author's post with the same `ref`, even if it has been deleted since.

    Raise UnknownEntry if the author is not a member.
    """
    text = clean(text)
    key = post_key(user_id, ref or secrets.token_hex(16))
    with transaction.atomic(), entry_writers([club_id]) as writers:
        author = require_member(user_id, club_id)
        existing = Entry.objects.of_club(club_id).filter(key=key).first()
        if existing is not None:
            return existing
        # The author's pages recognise their post by its `ref`: its text may have been cleaned, its name hidden.
        return writers[club_id].add(
            kind=Entry.Kind.POST, key=key, athlete_id=user_id, name=author.shown_name, text=text, data={"ref": ref}
        )


def post_key(user_id: int, ref: str) -> str:
    """Hash author and ref: the key stays when the post is deleted, and must not say who wrote it."""
    return f"post.{hashlib.sha256(f'{user_id}.{ref}'.encode()).hexdigest()[:40]}"


def clean(text: str) -> str:
    """Drop invisible characters, and all but one of successive empty lines. Raise BadPost if the text is unsuitable."""
    if not shows_something(text):
        raise BadPost(EMPTY_POST)
    lines = visible(text.replace("\r\n", "\n").replace("\r", "\n"), keeping="\n").split("\n")
    kept = EMPTY_LINES.sub("\n\n", "\n".join(line if shows_something(line) else "" for line in lines)).strip()
    if len(kept) > MAX_POST:
        raise BadPost(LONG_POST.format(length=f"{len(kept):,}", most=f"{MAX_POST:,}"))
    return kept


def delete_post(user_id: int, entry_id: int) -> None:
    """Delete a post as its author or a captain. Raise UnknownEntry or NotYours.

    Do nothing if it was deleted while this transaction waited for the club's lock.
    """
    with transaction.atomic():
        entry = Entry.objects.there().filter(pk=entry_id, kind=Entry.Kind.POST).first()
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
    """Raise UnknownEntry for anyone else, so that they cannot learn which entries exist."""
    try:
        return member_of(club_id, user_id)
    except NotAMember:
        raise UnknownEntry(club_id) from None

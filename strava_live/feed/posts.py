"""What members write to their club: plain text, deleted by its author or a captain."""

import hashlib
import re
import secrets

from django.db import transaction

from strava_live.accounts.plain_text import shows_something, visible
from strava_live.clubs.members import NotAMember, member_of
from strava_live.clubs.models import Membership
from strava_live.feed.entry_writer import entry_writers
from strava_live.feed.models import MAX_POST, Entry

EMPTY_LINES = re.compile(r"\n{3,}")


class BadPost(ValueError):
    """A text that cannot be posted; the sentence says why."""

    code = "bad_post"


class UnknownEntry(LookupError):
    """There is no such entry in a club of theirs."""

    code = "unknown_entry"


class NotYours(PermissionError):
    """Only its author or a captain may do that."""


def post(user_id: int, club_id: int, text: str, ref: str = "") -> Entry:
    """The same `ref` by the same author is one post, also when it has been deleted meanwhile: then it is that one, and
    stays so. UnknownEntry for who is no member."""
    text = readable(text)
    key = key_of(user_id, ref or secrets.token_hex(16))
    with transaction.atomic(), entry_writers([club_id]) as writers:
        author = member(user_id, club_id)
        there = Entry.objects.of_club(club_id).filter(key=key).first()
        if there is not None:
            return there
        # By its `ref` its author's pages know it again: the text may have lost characters, and a name may be hidden.
        return writers[club_id].add(
            kind=Entry.Kind.POST, key=key, athlete_id=user_id, name=author.shown_name, text=text, data={"ref": ref}
        )


def key_of(user_id: int, ref: str) -> str:
    """Outlives the post, so it names nobody."""
    return f"post.{hashlib.sha256(f'{user_id}.{ref}'.encode()).hexdigest()[:40]}"


def readable(text: str) -> str:
    """Lines of visible characters, with one empty line between them at most: a feed is everybody's."""
    if not shows_something(text):
        raise BadPost("Write something first.")
    lines = visible(text.replace("\r\n", "\n").replace("\r", "\n"), keeping="\n").split("\n")
    kept = EMPTY_LINES.sub("\n\n", "\n".join(line if shows_something(line) else "" for line in lines)).strip()
    if len(kept) > MAX_POST:
        raise BadPost(f"That's {len(kept):,} characters; a post can have up to {MAX_POST:,}.")
    return kept


def delete_post(user_id: int, entry_id: int) -> None:
    """Once more is no error for who could have done it."""
    with transaction.atomic():
        entry = Entry.objects.there().filter(pk=entry_id, kind=Entry.Kind.POST).first()
        if entry is None:
            raise UnknownEntry(entry_id)
        with entry_writers([entry.club_id]) as writers:
            who = member(user_id, entry.club_id)
            if entry.athlete_id != user_id and not who.is_captain:
                raise NotYours(entry_id)
            entry = Entry.objects.get(pk=entry_id)
            if not entry.removed:
                writers[entry.club_id].remove(entry)


def member(user_id: int, club_id: int) -> Membership:
    """Who is none learns nothing of what is there."""
    try:
        return member_of(club_id, user_id)
    except NotAMember:
        raise UnknownEntry(club_id) from None

"""Cheer for an entry of a club's feed, at most once for each member, and take a cheer back."""

from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from strava_live.broadcast import announce_to_member
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Cheer, Entry
from strava_live.protocol import CheerMine
from strava_live.social.notifying import note_cheer, take_back_cheer
from strava_live.social.posts import PostIsHidden, UnknownEntry, require_member


def cheer(user_id: int, club_id: int, entry_id: int) -> Entry:
    """Cheer for an entry, and return it. Raise UnknownEntry if there is none, or the person is not a member.

    Raise PostIsHidden if a captain has hidden it.
    """
    with transaction.atomic(), entry_writers([club_id]) as writers:
        entry = entry_to_cheer(user_id, club_id, entry_id)
        if entry.hidden_at:
            raise PostIsHidden
        _, new = Cheer.objects.get_or_create(entry=entry, user_id=user_id)
        add_to_count(writers[club_id], entry, 1 if new else 0)
        if new:
            note_cheer(entry, user_id)
        confirm(user_id, entry, cheered=True)
    return entry


def uncheer(user_id: int, club_id: int, entry_id: int) -> Entry:
    """Take a cheer back, also from a hidden post, and return the entry. Raise UnknownEntry as `cheer` does."""
    with transaction.atomic(), entry_writers([club_id]) as writers:
        entry = entry_to_cheer(user_id, club_id, entry_id)
        deleted, _ = Cheer.objects.filter(entry=entry, user=user_id).delete()
        add_to_count(writers[club_id], entry, -deleted)
        if deleted:
            take_back_cheer(entry, user_id)
        confirm(user_id, entry, cheered=False)
    return entry


def entry_to_cheer(user_id: int, club_id: int, entry_id: int) -> Entry:
    require_member(user_id, club_id)
    entry = Entry.objects.of_club(club_id).not_removed().filter(pk=entry_id).first()
    if entry is None:
        raise UnknownEntry(entry_id)
    return entry


def add_to_count(writer: EntryWriter, entry: Entry, difference: int) -> None:
    if difference:
        entry.cheers += difference
        writer.change(entry)


def confirm(user_id: int, entry: Entry, *, cheered: bool) -> None:
    """Send to all of the person's sockets in the club whether the person cheers for the entry now.

    Send it even if nothing has changed, because one of the sockets may show the opposite.
    """
    message = CheerMine(id=entry.pk, cheered=cheered)
    transaction.on_commit(partial(async_to_sync(announce_to_member), entry.club_id, user_id, message))

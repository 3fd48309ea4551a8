"""Cheering for what the club is told. Twice is once."""

from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from strava_live.broadcast import announce_to_member
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Cheer, Entry
from strava_live.feed.posts import UnknownEntry, member
from strava_live.protocol import CheerMine


def cheer(user_id: int, club_id: int, entry_id: int) -> None:
    """UnknownEntry for who is no member, and for what is not, or no longer, there."""
    with transaction.atomic(), entry_writers([club_id]) as writers:
        entry = entry_for(user_id, club_id, entry_id)
        _, new = Cheer.objects.get_or_create(entry=entry, user_id=user_id)
        recount(writers[club_id], entry, 1 if new else 0)
        confirm(user_id, entry, cheered=True)


def uncheer(user_id: int, club_id: int, entry_id: int) -> None:
    with transaction.atomic(), entry_writers([club_id]) as writers:
        entry = entry_for(user_id, club_id, entry_id)
        taken_back, _ = Cheer.objects.filter(entry=entry, user=user_id).delete()
        recount(writers[club_id], entry, -taken_back)
        confirm(user_id, entry, cheered=False)


def entry_for(user_id: int, club_id: int, entry_id: int) -> Entry:
    member(user_id, club_id)
    entry = Entry.objects.of_club(club_id).there().filter(pk=entry_id).first()
    if entry is None:
        raise UnknownEntry(entry_id)
    return entry


def recount(writer: EntryWriter, entry: Entry, more: int) -> None:
    if more:
        entry.cheers += more
        writer.change(entry)


def confirm(user_id: int, entry: Entry, *, cheered: bool) -> None:
    """To all of one's own sockets, also when nothing changed: one of them may have thought otherwise."""
    message = CheerMine(id=entry.pk, cheered=cheered)
    transaction.on_commit(partial(async_to_sync(announce_to_member), entry.club_id, user_id, message))

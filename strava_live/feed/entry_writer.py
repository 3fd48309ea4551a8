"""Add, change and remove the entries of clubs' feeds. All writes to a feed go through `entry_writers`:

    with entry_writers([club_id]) as writers:
        writers[club_id].add(kind=…, key=…, athlete_id=…, name=…, data=…)

Each addition, change and removal takes the club's next number, under a lock of the club's row, in the transaction of
the caller. The changes are announced after the commit. A caller that also needs the athlete's lock takes that lock
first, so that two writers cannot deadlock.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from strava_live.broadcast import EncodedChange, announce_changes, announce_reset
from strava_live.clubs.models import Club
from strava_live.feed.encoding import encode_change
from strava_live.feed.flood import fold_flood
from strava_live.feed.models import Cheer, Entry, Mention, Report
from strava_live.notifications.forgetting import forget_entries
from strava_live.protocol import MOST_REPLAYED

CHANGED_FIELDS = (
    *("seq", "key", "at", "athlete", "name", "text", "data", "cheers", "removed"),
    *("reply_to", "edited_at", "hidden_at", "hidden_by"),
)
"""Fields of an entry that a change may set. The others are fixed when the entry is added."""


@dataclass(slots=True)
class EntryWriter:
    """Collect the changes to one club's feed while the club's row is locked. `write` numbers and stores them."""

    club: Club
    now: datetime
    added: list[Entry] = field(default_factory=list)
    changed: dict[int, Entry] = field(default_factory=dict)
    figures_changed: bool = False
    """Set to True to make the figures of the club's wall screens outdated, also if no entry changes."""

    def add(self, *, kind: Entry.Kind, key: str, athlete_id: int, name: str, **fields: Any) -> Entry:
        """Add an entry. The caller has made sure that the club has no entry with this `key`."""
        entry = Entry(club=self.club, kind=kind, key=key, athlete_id=athlete_id, name=name, at=self.now, **fields)
        self.added.append(entry)
        return entry

    def change(self, entry: Entry) -> Entry:
        """Store a changed entry at the end of the `with` block. Several calls for one entry count as one change.

        Return the object that is stored: that of the first call for this entry, which may not be `entry`.
        """
        return self.changed.setdefault(entry.pk, entry)

    def remove(self, entry: Entry) -> None:
        """Remove an entry: delete all its contents, but keep its row and number. `write` removes the replies to it.

        A client that reconnects later learns of the removal from the row.
        """
        entry.removed, entry.athlete_id, entry.name, entry.text, entry.data = True, None, "", "", {}
        entry.cheers, entry.reply_to_id = 0, None
        entry.edited_at = entry.hidden_at = entry.hidden_by_id = None
        # A post keeps its key, so that the post does not reappear if its author's browser sends it again.
        if entry.kind != Entry.Kind.POST:
            entry.key = f"removed.{entry.pk}"
        self.changed[entry.pk] = entry

    def write(self) -> list[EncodedChange]:
        """Number and store the changes. Return them encoded for sockets, in the order of their numbers."""
        self.remove_replies()
        before = self.club.seq
        entries = [*self.changed.values(), *self.added]
        for seq, entry in enumerate(entries, start=before + 1):
            entry.seq = seq
        for entry in self.added:
            entry.first_seq = entry.seq
        removed = [entry for entry in self.changed.values() if entry.removed]
        if removed:
            for model in (Cheer, Mention, Report):
                model._default_manager.filter(entry__in=removed).delete()
            forget_entries(entry.pk for entry in removed)
        Entry.objects.bulk_create(
            self.changed.values(), update_conflicts=True, unique_fields=["id"], update_fields=CHANGED_FIELDS
        )
        Entry.objects.bulk_create(self.added)
        fold_flood(self.club.pk, self.added, self.now)
        self.club.seq += len(entries)
        self.club.entry_count += len(self.added) - len(removed)
        self.club.figures_version += self.figures_changed
        Club.objects.filter(pk=self.club.pk).update(
            seq=self.club.seq, entry_count=self.club.entry_count, figures_version=self.club.figures_version
        )
        return [encode_change(entry, after=before) for entry in entries]

    def remove_replies(self) -> None:
        """Remove the replies to entries that are removed."""
        if removed := [entry for entry in self.changed.values() if entry.removed]:
            for reply in Entry.objects.replies_to(removed):
                self.remove(self.changed.get(reply.pk, reply))


@contextmanager
def entry_writers(club_ids: Iterable[int]) -> Iterator[dict[int, EntryWriter]]:
    """Lock the rows of clubs and yield an EntryWriter for each, by club id. Store the changes when the block ends.

    The changes are announced after the commit. The clubs are locked in the order of their ids, so that two writers
    cannot deadlock.
    """
    with writers_of(Club.objects.select_for_update().filter(pk__in=set(club_ids)).order_by("pk")) as writers:
        yield writers


@contextmanager
def writers_of(locked: Iterable[Club]) -> Iterator[dict[int, EntryWriter]]:
    """Do the same as `entry_writers` for clubs whose rows the caller has read and locked, in the order of their ids."""
    writers = {club.pk: EntryWriter(club, timezone.now()) for club in locked}
    yield writers
    for club_id, writer in writers.items():
        if (writer.added or writer.changed or writer.figures_changed) and (changes := writer.write()):
            transaction.on_commit(partial(announce_entries, club_id, changes))


def announce_entries(club_id: int, changes: list[EncodedChange]) -> None:
    """Announce changes to a club's sockets. If there are more than MOST_REPLAYED, make clients reconnect instead."""
    if len(changes) > MOST_REPLAYED:
        async_to_sync(announce_reset)(club_id, changes[-1].seq)
    else:
        async_to_sync(announce_changes)(club_id, changes)

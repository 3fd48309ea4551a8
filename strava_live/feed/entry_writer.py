"""The one way into a club's feed: under the club's lock, each addition, change and removal takes the next number.

    with entry_writers([club_id]) as writers:
        writers[club_id].add(kind=…, key=…, athlete_id=…, name=…, data=…)

In the caller's transaction, together with what it tells; the club hears of it after the commit. Whoever writes for an
athlete has taken their turn before: always the athlete first, then the clubs in the order of their ids.
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

from strava_live.broadcast import News, announce_news, announce_reset
from strava_live.clubs.models import Club
from strava_live.feed.encoding import news_of
from strava_live.feed.models import Cheer, Entry
from strava_live.protocol import MOST_REPLAYED

WRITTEN = ("seq", "key", "at", "athlete", "name", "text", "data", "cheers", "removed")


@dataclass(slots=True)
class EntryWriter:
    """One club's feed, as long as its lock is held."""

    club: Club
    now: datetime
    added: list[Entry] = field(default_factory=list)
    changed: dict[int, Entry] = field(default_factory=dict)

    def add(self, *, kind: Entry.Kind, key: str, athlete_id: int, name: str, **fields: Any) -> Entry:
        """`key` says what it tells of; nothing may be there under it."""
        entry = Entry(club=self.club, kind=kind, key=key, athlete_id=athlete_id, name=name, at=self.now, **fields)
        self.added.append(entry)
        return entry

    def change(self, entry: Entry) -> None:
        """As it is now; once, however often it is said."""
        self.changed.setdefault(entry.pk, entry)

    def remove(self, entry: Entry) -> None:
        """For good: what stays is that there was something."""
        entry.removed, entry.athlete_id, entry.name, entry.text, entry.data = True, None, "", "", {}
        entry.cheers = 0
        if entry.kind != Entry.Kind.POST:  # a post's key names nobody, and keeps it from being sent again
            entry.key = f"removed.{entry.pk}"
        self.changed[entry.pk] = entry

    def write(self) -> list[News]:
        before = self.club.seq
        entries = [*self.changed.values(), *self.added]
        for seq, entry in enumerate(entries, start=before + 1):
            entry.seq = seq
        for entry in self.added:
            entry.first_seq = entry.seq
        Cheer.objects.filter(entry__in=[entry for entry in self.changed.values() if entry.removed]).delete()
        Entry.objects.bulk_create(
            self.changed.values(), update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
        )
        Entry.objects.bulk_create(self.added)
        self.club.seq += len(entries)
        self.club.entry_count += len(self.added) - sum(entry.removed for entry in self.changed.values())
        self.club.save(update_fields=["seq", "entry_count"])
        return [news_of(entry, known=before) for entry in entries]


@contextmanager
def entry_writers(club_ids: Iterable[int]) -> Iterator[dict[int, EntryWriter]]:
    clubs = Club.objects.select_for_update().filter(pk__in=set(club_ids)).order_by("pk")
    writers = {club.pk: EntryWriter(club, timezone.now()) for club in clubs}
    yield writers
    for club_id, writer in writers.items():
        if writer.added or writer.changed:
            transaction.on_commit(partial(tell_club, club_id, writer.write()))


def tell_club(club_id: int, news: list[News]) -> None:
    if len(news) > MOST_REPLAYED:
        async_to_sync(announce_reset)(club_id, news[-1].seq)
    else:
        async_to_sync(announce_news)(club_id, news)

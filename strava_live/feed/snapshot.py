"""Read a club's feed from the tables: for a new connection, for one that reconnects, and for a hub with a gap.

A snapshot's rows and its `seq` come from one SQL statement. A change is then either in the snapshot or has a higher
number and arrives live, so no connection misses it or gets it twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from copy import copy
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from strava_live.broadcast import News
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members, for_screens, news_of, removed_entry
from strava_live.feed.hello import EncodedHello, encode_hello
from strava_live.feed.models import Cheer, Entry, EntryQuerySet
from strava_live.formats import utc_iso_exact
from strava_live.protocol import (
    INVALID_NUMBER,
    MOST_REPLAYED,
    VERSION,
    ClubShape,
    EntryShape,
    FeedHello,
    Position,
    compact,
)

NEWEST = 50


class ClubState(NamedTuple):
    """The numbers of a club's row that a hub compares with its own every few seconds."""

    seq: int
    epoch: str
    evictions: int


def member_hellos(club: Club, after: Position | None, viewer_ids: Collection[int]) -> dict[int, EncodedHello]:
    """Return each viewer's hello, with one read of the entries and one query for all their cheers.

    Viewers who have cheered for the same entries, most often for none, get the same object.
    """
    hello, rows = hello_without_entries(club, after)
    cheers: dict[int, set[int]] = defaultdict(set)
    given = Cheer.objects.filter(user__in=viewer_ids, entry__in=rows)
    for viewer, entry_id in given.values_list("user_id", "entry_id"):
        cheers[viewer].add(entry_id)
    uncheered = [encoded_entry(entry, for_members, cheered=False) for entry in rows]
    shared: dict[frozenset[int], EncodedHello] = {}
    for cheered in {frozenset(cheers.get(viewer, ())) for viewer in viewer_ids}:
        entries = uncheered.copy()
        for place, entry in enumerate(rows):
            if entry.pk in cheered:
                entries[place] = encoded_entry(entry, for_members, cheered=True)
        shared[cheered] = encode_hello(hello, entries)
    return {viewer: shared[frozenset(cheers.get(viewer, ()))] for viewer in viewer_ids}


def screen_hello(club: Club, after: Position | None) -> EncodedHello:
    hello, rows = hello_without_entries(club, after)
    return encode_hello(hello, [encoded_entry(entry, for_screens) for entry in rows])


def encoded_entry(entry: Entry, encode: Callable[[Entry], EntryShape], **personal: bool) -> bytes:
    return compact(removed_entry(entry) if entry.removed else encode(entry) | personal).encode()


def hello_without_entries(club: Club, after: Position | None) -> tuple[FeedHello, list[Entry]]:
    """Return the hello, and the entries that belong in it."""
    rows, seq, complete = entries_for(club, after)
    hello = FeedHello(
        protocol=VERSION,
        server_time=utc_iso_exact(timezone.now()),
        club=public_fields(club),
        epoch=club.epoch,
        seq=seq,
        entries=[],
        complete=complete,
        watching={"members": 0, "screens": 0, "says": ""},
    )
    return hello, rows


def entries_for(club: Club, after: Position | None) -> tuple[list[Entry], int, bool]:
    """Return the entries changed since `after`, else the newest; the `seq` they show; and whether all were included."""
    entries = Entry.objects.of_club(club.pk)
    if after is not None and after.is_of(club.epoch) and INVALID_NUMBER < after.seq <= club.seq:
        rows, seq = rows_with_seq(entries.changed_since(after.seq)[: MOST_REPLAYED + 1], club)
        if len(rows) <= MOST_REPLAYED:
            return rows, seq, True
    rows, seq = newest(entries, club)
    return rows, seq, after is None


def newest(entries: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Return the newest entries, oldest first."""
    rows, seq = rows_with_seq(entries.there().newest_first()[:NEWEST], club)
    return rows[::-1], seq


def rows_with_seq(rows: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Return the rows and the club's `seq`, both read in one statement.

    Without rows, return the `seq` of the club's row as it was read before. Later changes then arrive live.
    """
    found = list(rows.annotate(club_seq=F("club__seq")))
    return found, max((getattr(entry, "club_seq") for entry in found), default=club.seq)  # noqa: B009 annotated above


def changes_since(club_id: int, after: int) -> list[News] | None:
    """Return the messages that a hub has missed, with every number once and in order. None if there are too many.

    The table has only the latest number of each entry. A superseded number is filled with the entry that had it, as
    that entry is now; the entry follows again under its latest number.
    """
    rows = list(Entry.objects.of_club(club_id).changed_since(after)[: MOST_REPLAYED + 1])
    last = rows[-1].seq if rows else after
    if len(rows) > MOST_REPLAYED or last - after > MOST_REPLAYED:
        return None
    return [news_under(seq, entry_for(seq, rows), known=after) for seq in range(after + 1, last + 1)]


def entry_for(seq: int, rows: list[Entry]) -> Entry:
    """Return the entry with this number, else one that may have had it: one added under it, or one that still exists,
    before a removed one."""
    candidates = [entry for entry in rows if entry.first_seq <= seq <= entry.seq]
    return min(candidates, key=lambda entry: (entry.seq != seq, entry.first_seq != seq, entry.removed))


def news_under(seq: int, entry: Entry, *, known: int) -> News:
    again = copy(entry)
    again.seq = seq
    return news_of(again, known=known if entry.first_seq == seq else entry.first_seq)


def club_states(club_ids: Iterable[int]) -> dict[int, ClubState]:
    """Return the states of these clubs, by id, in one query."""
    rows = Club.objects.filter(pk__in=list(club_ids)).values_list("pk", "seq", "epoch", "evictions")
    return {pk: ClubState(seq, epoch, evictions) for pk, seq, epoch, evictions in rows}


def public_fields(club: Club) -> ClubShape:
    return {"slug": club.slug, "name": club.name, "time_zone": club.time_zone}

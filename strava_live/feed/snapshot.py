"""Where a club's feed stands, for somebody who comes, for somebody who comes back, and for a hub that missed something.

The rows and the number they stand at come from one statement, so that whatever is committed meanwhile is told live and
neither lost nor told twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from copy import copy
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from strava_live.broadcast import News
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members, for_screens, gone, moment, news_of
from strava_live.feed.hello import EncodedHello, encode_hello
from strava_live.feed.models import Cheer, Entry, EntryQuerySet
from strava_live.protocol import INVALID_NUMBER, MOST_REPLAYED, VERSION, FeedHello, Json, Position, compact

NEWEST = 50


class ClubStanding(NamedTuple):
    """What a hub reads of a club in its regular look at the tables."""

    seq: int
    epoch: str
    evictions: int


def member_hellos(club: Club, after: Position | None, viewer_ids: Collection[int]) -> dict[int, EncodedHello]:
    """For many who come at once: read and encoded once, and the cheers of all of them in one query. Those who have
    cheered for the same entries, most often for none, get the same object."""
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


def encoded_entry(entry: Entry, encode: Callable[[Entry], Json], **personal: bool) -> bytes:
    return compact(gone(entry) if entry.removed else encode(entry) | personal).encode()


def hello_without_entries(club: Club, after: Position | None) -> tuple[FeedHello, list[Entry]]:
    rows, seq, complete = entries_for(club, after)
    hello = FeedHello(
        protocol=VERSION,
        server_time=moment(timezone.now()),
        club=club_for_all(club),
        epoch=club.epoch,
        seq=seq,
        entries=[],
        complete=complete,
        watching={},
    )
    return hello, rows


def entries_for(club: Club, after: Position | None) -> tuple[list[Entry], int, bool]:
    """The rows, the number they stand at, and whether they are all that was asked for."""
    known = Entry.objects.of_club(club.pk)
    if after is not None and after.is_of(club.epoch) and INVALID_NUMBER < after.seq <= club.seq:
        rows, seq = numbered(known.changed_since(after.seq)[: MOST_REPLAYED + 1], club)
        if len(rows) <= MOST_REPLAYED:
            return rows, seq, True
    rows, seq = newest(known, club)
    return rows, seq, after is None


def newest(known: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Oldest first, as a feed is told."""
    rows, seq = numbered(known.there().newest_first()[:NEWEST], club)
    return rows[::-1], seq


def numbered(rows: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Where there is no row, the number that was read before holds: whatever came after it is told live."""
    found = list(rows.annotate(club_seq=F("club__seq")))
    return found, max((getattr(entry, "club_seq") for entry in found), default=club.seq)  # noqa: B009 annotated above


def changes_since(club_id: int, after: int) -> list[News] | None:
    """What a hub has missed: every number once and in order, as whoever listens is promised.

    None when that is more than anybody replays. A number that was superseded has left nothing in the table but the
    entry that had it, which has changed again since: that is told under both numbers, as it stands now.
    """
    rows = list(Entry.objects.of_club(club_id).changed_since(after)[: MOST_REPLAYED + 1])
    last = rows[-1].seq if rows else after
    if len(rows) > MOST_REPLAYED or last - after > MOST_REPLAYED:
        return None
    return [news_under(seq, whose(seq, rows), known=after) for seq in range(after + 1, last + 1)]


def whose(seq: int, rows: list[Entry]) -> Entry:
    """Its own, or one that was there then and has changed since; what is there still rather than what is gone."""
    there = [entry for entry in rows if entry.first_seq <= seq <= entry.seq]
    return min(there, key=lambda entry: (entry.seq != seq, entry.first_seq != seq, entry.removed))


def news_under(seq: int, entry: Entry, *, known: int) -> News:
    again = copy(entry)
    again.seq = seq
    return news_of(again, known=known if entry.first_seq == seq else entry.first_seq)


def standing(club_ids: Iterable[int]) -> dict[int, ClubStanding]:
    """By club, in one query for all of them."""
    rows = Club.objects.filter(pk__in=list(club_ids)).values_list("pk", "seq", "epoch", "evictions")
    return {pk: ClubStanding(seq, epoch, evictions) for pk, seq, epoch, evictions in rows}


def club_for_all(club: Club) -> Json:
    return {"slug": club.slug, "name": club.name, "time_zone": club.time_zone}

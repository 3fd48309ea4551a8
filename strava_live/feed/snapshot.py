"""Read a club's feed from the database: for clients that connect or reconnect, and for a hub that missed changes.

A snapshot's entries and its `seq` are read in one SQL statement. So each change is either in the snapshot, or has a
higher number and is sent live. (For a snapshot without entries, see `newest`.)
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone

from strava_live.broadcast import EncodedChange
from strava_live.clubs.models import Club
from strava_live.feed.encoding import encode_change, for_members, for_screens, removed_entry
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
"""The most entries in the snapshot of a client that has no entries yet or must start over."""


class ClubState(NamedTuple):
    """The part of a club's row that the hub reads every few seconds, to notice changes that it has missed."""

    seq: int
    """The number of the last change."""
    epoch: str
    evictions: int
    """How often a member has left or a screen was revoked."""


def member_hellos(club: Club, after: Position | None, viewer_ids: Collection[int]) -> dict[int, EncodedHello]:
    """Return a `hello` for each member in `viewer_ids`. It says for each entry whether this member cheers for it.

    The entries are read once, and the cheers of all viewers in one query. Viewers who cheer for the same entries, most
    often none, get the same object.
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
        for index, entry in enumerate(rows):
            if entry.pk in cheered:
                entries[index] = encoded_entry(entry, for_members, cheered=True)
        shared[cheered] = encode_hello(hello, entries)
    return {viewer: shared[frozenset(cheers.get(viewer, ()))] for viewer in viewer_ids}


def screen_hello(club: Club, after: Position | None) -> EncodedHello:
    """Return the `hello` of a club's wall screens."""
    hello, rows = hello_without_entries(club, after)
    return encode_hello(hello, [encoded_entry(entry, for_screens) for entry in rows])


def encoded_for(viewer_id: int, entries: Sequence[Entry]) -> list[bytes]:
    """Return entries as JSON, as one member gets them. The viewer's cheers are read in one query."""
    cheered = Cheer.objects.entries_cheered_by(viewer_id, entries)
    return [encoded_entry(entry, for_members, cheered=entry.pk in cheered) for entry in entries]


def encoded_entry(entry: Entry, encode: Callable[[Entry], EntryShape], **personal: bool) -> bytes:
    """Return an entry as JSON. `personal` are fields for one viewer; a removed entry has none."""
    return compact(removed_entry(entry) if entry.removed else encode(entry) | personal).encode()


def hello_without_entries(club: Club, after: Position | None) -> tuple[FeedHello, list[Entry]]:
    """Return a `hello` with an empty list of entries, and the entries that belong in the list."""
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
    """Return the entries for a client, the club's `seq`, and whether the client may keep the entries that it has.

    If the client can continue at the position `after`, return the entries that have changed since then. If `after` is
    None, invalid or from another epoch, or if too many entries have changed, return the newest entries. The third
    value is then False, unless `after` is None: such a client has no entries.
    """
    changed = None if after is None else entries_changed_since(club, after)
    if changed is not None:
        return *changed, True
    return *newest(Entry.objects.of_club(club.pk), club), after is None


def entries_changed_since(club: Club, after: Position) -> tuple[list[Entry], int] | None:
    """Return the entries that have changed since the position `after`, lowest `seq` first, and the club's `seq`.

    Return None if a client cannot continue at this position: it is invalid or from another epoch, or too many entries
    have changed.
    """
    if not (after.is_of(club.epoch) and INVALID_NUMBER < after.seq <= club.seq):
        return None
    rows, seq = rows_with_seq(Entry.objects.of_club(club.pk).changed_since(after.seq)[: MOST_REPLAYED + 1], club)
    return (rows, seq) if len(rows) <= MOST_REPLAYED else None


def newest(entries: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Return the newest entries, with the oldest of them first, and the club's `seq`.

    The `seq` comes with the rows. If there are no rows, it was read earlier, with the club. So read the club again: if
    its `seq` has changed, read the entries again, too. With the old `seq`, the client could be sent the removal of an
    entry that it never had.
    """
    rows, seq = rows_with_seq(entries.not_removed().newest_first()[:NEWEST], club)
    if rows:
        return rows[::-1], seq
    now = Club.objects.get(pk=club.pk)
    return ([], seq) if now.seq == seq else newest(entries, now)


def rows_with_seq(rows: EntryQuerySet, club: Club) -> tuple[list[Entry], int]:
    """Return the rows, and the club's `seq` as read in the same SQL statement.

    If there are no rows, return the `seq` that was read with the club.
    """
    found = list(rows.annotate(club_seq=F("club__seq")))
    return found, max((getattr(entry, "club_seq") for entry in found), default=club.seq)  # noqa: B009 annotated above


def changes_since(club_id: int, after: int) -> list[EncodedChange] | None:
    """Return the changes after the number `after`, each number once and in order; None if there are too many.

    An entry's row has only the number of its last change. In place of an earlier change, return the entry as it is now.
    It is returned again under the number of its last change.
    """
    rows = list(Entry.objects.of_club(club_id).changed_since(after)[: MOST_REPLAYED + 1])
    last = rows[-1].seq if rows else after
    if len(rows) > MOST_REPLAYED or last - after > MOST_REPLAYED:
        return None
    return [encode_change_as(seq, entry_for(seq, rows), after=after) for seq in range(after + 1, last + 1)]


def entry_for(seq: int, rows: list[Entry]) -> Entry:
    """Return the entry whose change had this number, or may have had it.

    Prefer the entry whose last change has the number, then the one that was added under it, then one that is not
    removed.
    """
    candidates = [entry for entry in rows if entry.first_seq <= seq <= entry.seq]
    return min(candidates, key=lambda entry: (entry.seq != seq, entry.first_seq != seq, entry.removed))


def encode_change_as(seq: int, entry: Entry, *, after: int) -> EncodedChange:
    """Encode an entry as the change with the number `seq`: as added if it was added under this number."""
    copied = copy(entry)
    copied.seq = seq
    return encode_change(copied, after=after if entry.first_seq == seq else entry.first_seq)


def club_states(club_ids: Iterable[int]) -> dict[int, ClubState]:
    """Return the state of each of these clubs, by club id, in one query."""
    rows = Club.objects.filter(pk__in=list(club_ids)).values_list("pk", "seq", "epoch", "evictions")
    return {pk: ClubState(seq, epoch, evictions) for pk, seq, epoch, evictions in rows}


def public_fields(club: Club) -> ClubShape:
    """Return what a `hello` says about the club."""
    return {"slug": club.slug, "name": club.name, "time_zone": club.time_zone}

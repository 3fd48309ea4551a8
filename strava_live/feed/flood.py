"""Folding of a flood: if many parkruns of one event reach a club at once, pages show the first ones and fold the rest.

An entry says below which other entry it is folded (`Entry.fold`), so that pages, sockets, the API and a replay agree.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from strava_live.feed.models import Entry

MOST_UNFOLDED = 10
"""How many parkruns of one event and date a club is shown one by one, in each period of FLOOD_PERIOD."""
FLOOD_PERIOD = timedelta(minutes=30)
"""The length of a period, counted from its first entry. The first entry after it begins the next period."""
LONGEST_AGO = timedelta(days=9)
"""How long ago the first entry of an event and date can have been added: only recent parkruns get entries."""


def fold_flood(club_id: int, added: Iterable[Entry], now: datetime) -> None:
    """Set `fold` of each parkrun among `added` that comes after the first MOST_UNFOLDED. The entries are already
    stored.

    Needs the lock of the club's row. Costs one query if `added` has a parkrun, and another if one is folded.
    """
    new = {entry.pk: entry for entry in added if entry.kind == Entry.Kind.PARKRUN}
    if not new:
        return
    occasions = {occasion_of(entry.key) for entry in new.values()}
    same = reduce(or_, (Q(key__endswith=occasion) for occasion in occasions))
    rows = Entry.objects.of_club(club_id).not_removed().filter(same, kind=Entry.Kind.PARKRUN, at__gte=now - LONGEST_AGO)
    stored = list(rows.order_by("at", "pk").values_list("pk", "key", "at", "fold"))
    for occasion in occasions:
        folds = folds_of([(pk, at, fold) for pk, key, at, fold in stored if occasion_of(key) == occasion])
        for pk in folds.keys() & new.keys():
            new[pk].fold = folds[pk]
    if folded := [entry for entry in new.values() if entry.fold]:
        Entry.objects.bulk_update(folded, ["fold"])


def occasion_of(key: str) -> str:
    """Return the end of a parkrun entry's `key`, which names the event and the date."""
    return "." + key.split(".", 2)[2]


def folds_of(rows: Iterable[tuple[int, datetime, int | None]]) -> dict[int, int]:
    """Return, by the id of each entry that must be folded, the id of the entry below which it is folded.

    `rows` are the id, `at` and `fold` of the entries of one event and date, oldest first. Once a period has a folded
    entry, later ones are folded with it, even if one of the first entries is removed.
    """
    folds: dict[int, int] = {}
    begun: datetime | None = None
    shown: list[int] = []
    host: int | None = None
    for pk, at, fold in rows:
        if begun is None or at - begun > FLOOD_PERIOD:
            begun, shown, host = at, [], None
        host = fold or host or (shown[-1] if len(shown) >= MOST_UNFOLDED else None)
        if host is None:
            shown.append(pk)
        else:
            folds[pk] = host
    return folds

"""Read a club's entries, check the numbers in its row against them, and reconcile them with a member's parkruns."""

from collections.abc import Callable

from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.parkrun.result_models import ParkrunResult

Ran = Callable[..., ParkrunResult]


def shown(club: Club) -> list[Entry]:
    """Return the entries of the club's feed, oldest first."""
    return list(Entry.objects.of_club(club.pk).not_removed().newest_first())[::-1]


def is_sound(club: Club) -> bool:
    """Return whether the club's last number and count agree with its entries, and all numbers of entries differ."""
    club.refresh_from_db()
    seqs = sorted(Entry.objects.of_club(club.pk).values_list("seq", flat=True))
    return (not seqs or (seqs[-1] == club.seq and len(set(seqs)) == len(seqs))) and len(shown(club)) == club.entry_count


def reconciled(member: Membership) -> list[tuple[str, object]]:
    """Reconcile the entries, and return kind and count of each."""
    reconcile_parkrun_entries(member.user_id)
    assert is_sound(member.club)
    return [(entry.kind, entry.data.get("count")) for entry in shown(member.club)]

"""The entries of a page of the feed, as one member gets them.

A page counts the entries that have a place of their own in the feed. With them come all replies to them and, if a
flood's oldest parkrun is on the page, the other parkruns that are folded away with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.encoding import for_members
from strava_live.feed.models import Cheer, Entry
from strava_live.muting.models import Mute
from strava_live.protocol import Json


class FeedRows(NamedTuple):
    entries: list[Json]
    """Newest first."""
    replies: list[Json]
    """The replies to `entries`, oldest first."""
    older: str
    """The cursor of the next older page; "" if there is none."""
    muted: set[int]
    """The people whose posts the viewer does not want to see."""


def feed_rows(club: Club, viewer: User, before: str, *, size: int) -> FeedRows:
    """Return a page of the club's feed; `before` is the cursor of the page.

    The caller must have read `club`, with its sequence number, before this call. An entry that is added in between is
    then on the page, and is also sent over the WebSocket. In the opposite order it could be missing from both.
    """
    page = Entry.objects.of_club(club.pk).not_removed().standing_alone().page(size, before=before)
    flooded = Entry.objects.of_club(club.pk).in_floods_of(page.rows) if any(one.fold for one in page.rows) else ()
    rows = sorted({*page.rows, *flooded}, key=lambda entry: (entry.at, entry.pk), reverse=True)
    return rows_for(viewer, rows, older=page.older)


def rows_for(viewer: User, rows: Sequence[Entry], *, older: str = "") -> FeedRows:
    """Return entries and the replies to them, without the posts of people whom the viewer has muted."""
    muted = Mute.objects.muted_by(viewer.pk)
    shown = without_muted(for_viewer([*rows, *Entry.objects.replies_to(rows)], viewer), muted)
    entries = [one for one in shown if "reply_to" not in one]
    return FeedRows(entries, [one for one in shown if "reply_to" in one], older, muted)


def for_viewer(entries: list[Entry], viewer: User) -> list[Json]:
    """Encode entries as JSON, each with `cheered` (the viewer has cheered for it) and `mine` (it is the viewer's)."""
    cheered = Cheer.objects.entries_cheered_by(viewer.pk, entries)
    return [
        {**for_members(entry), "cheered": entry.pk in cheered, "mine": entry.athlete_id == viewer.pk}
        for entry in entries
    ]


def without_muted(entries: list[Json], muted: set[int]) -> list[Json]:
    """Leave out the posts of people whom the viewer has muted, with the replies to these posts.

    A post by a hidden member stays: leaving it out would reveal that its author is a person whom the viewer has muted.
    """
    left_out = {one["id"] for one in entries if one["kind"] == "post" and (one["athlete"] or {}).get("id") in muted}
    return [one for one in entries if one["id"] not in left_out and one.get("reply_to") not in left_out]

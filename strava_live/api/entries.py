"""A club's entries and cheers for them."""

from collections.abc import Callable
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest, member_of_club
from strava_live.api.documented import documented
from strava_live.api.paging import Cursor, page_bytes
from strava_live.feed.encoding import for_members
from strava_live.feed.models import Entry
from strava_live.feed.snapshot import encoded_entry, encoded_for, entries_changed_since
from strava_live.keyset import KeysetWindow
from strava_live.protocol import EntryShape, parse_position
from strava_live.protocol.api_club import EntriesPage
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_club import CHEERED, ENTRIES_PAGE, UNCHEERED
from strava_live.protocol.fields import Id
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.posts import UnknownEntry

router = Router(tags=["Entries"])
After = Annotated[
    str, Query(description="A position in the club's feed: `<epoch>:<seq>`, or a bare `<seq>` of the current epoch.")
]


@router.get("/clubs/{slug:slug}/entries", **documented(EntriesPage, example=ENTRIES_PAGE, errors=(404, 422)))
def list_entries(request: ApiRequest, slug: str, cursor: Cursor = "", after: After = "") -> HttpResponse:
    """List a club's entries, newest first.

    With `after=<epoch>:<seq>`, the answer has every entry that has changed since then, once and in its current state,
    in the order of `seq`, and removed ones as `{"id", "seq", "removed": true}`. If more than 500 have changed, or if
    `after` is invalid, from another epoch or higher than the club's `seq`, `complete` is false and the items are the
    newest entries. With `cursor`, `after` is ignored.
    """
    # Read the club, with its seq, before the entries: the seq must not be ahead of the items.
    club, viewer_id = member_of_club(request, slug).club, request.auth.user.pk
    position = None if cursor else parse_position(request.GET)
    changed = entries_changed_since(club, position) if position else None
    if changed is not None:
        rows, seq = changed
        window, complete = KeysetWindow(rows, "", ""), True
    else:
        window = Entry.objects.of_club(club.pk).not_removed().window(PAGE_SIZE, cursor)
        seq, complete = club.seq, position is None
    items = encoded_for(viewer_id, window.rows)
    return json_answer(request, page_bytes(request, items, window, epoch=club.epoch, seq=seq, complete=complete))


@router.put("/entries/{int:entry_id}/cheer", **documented(EntryShape, example=CHEERED, errors=(403, 404, 409, 422)))
def add_cheer(request: ApiRequest, entry_id: Id) -> HttpResponse:
    """Cheer for an entry."""
    return json_answer(request, changed_cheer(request, entry_id, cheer, cheered=True))


@router.delete("/entries/{int:entry_id}/cheer", **documented(EntryShape, example=UNCHEERED, errors=(403, 404, 422)))
def remove_cheer(request: ApiRequest, entry_id: Id) -> HttpResponse:
    """Take your cheer for an entry back."""
    return json_answer(request, changed_cheer(request, entry_id, uncheer, cheered=False))


def changed_cheer(
    request: ApiRequest, entry_id: int, change: Callable[[int, int, int], Entry], *, cheered: bool
) -> bytes:
    """Change the caller's cheer, and return the entry as JSON. Raise UnknownEntry if it is in no club of theirs."""
    user_id = request.auth.user.pk
    club_ids = Entry.objects.of_clubs_of(user_id).filter(pk=entry_id).values_list("club_id", flat=True)
    club_id = club_ids.first()
    if club_id is None:
        raise UnknownEntry(entry_id)
    return encoded_entry(change(user_id, club_id, entry_id), for_members, cheered=cheered)

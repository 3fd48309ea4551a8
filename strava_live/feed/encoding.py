"""Encode an entry of a club's feed as JSON, as docs/protocol.md describes.

Wall screens (televisions that show a club's feed) get less than members: no athlete's id and no links. Neither
members nor screens get what would identify a hidden member.
"""

from typing import Any, cast

from strava_live.broadcast import EncodedChange
from strava_live.feed.models import Entry
from strava_live.feed.wording import card_words, screen_words, text_of
from strava_live.formats import utc_iso_exact
from strava_live.protocol import (
    EntryAdded,
    EntryChanged,
    EntryData,
    EntryKind,
    EntryRemoved,
    EntryShape,
    Message,
    RemovedEntryShape,
    frame,
)
from strava_live.visibility import athlete_shown, data_shown


def for_members(entry: Entry) -> EntryShape:
    """Return an entry as members of the club get it."""
    return encode(entry, on_screen=False)


def for_screens(entry: Entry) -> EntryShape:
    """Return an entry as the wall screens of the club get it."""
    return encode(entry, on_screen=True)


def encode(entry: Entry, *, on_screen: bool) -> EntryShape:
    shape: EntryShape = {
        "id": entry.pk,
        "seq": entry.seq,
        "kind": cast("EntryKind", str(entry.kind)),
        "at": utc_iso_exact(entry.at),
        "athlete": athlete_shown(entry.athlete_id, entry.name, on_screen=on_screen),
        "text": "" if entry.hidden_at else text_of(entry),
        "data": cast("EntryData", data_of(entry, on_screen=on_screen)),
        "cheers": entry.cheers,
    }
    words = screen_words(entry) if on_screen else card_words(entry)
    return cast("EntryShape", {**shape, **optional_fields(entry), **words})


def data_of(entry: Entry, *, on_screen: bool) -> dict[str, Any]:
    """Return the `data` of an entry. Leave out the mentions of a post that a captain has hidden."""
    shown = data_shown(entry.data, entry.name, on_screen=on_screen)
    if entry.hidden_at:
        shown.pop("mentions", None)
    return shown


def optional_fields(entry: Entry) -> dict[str, Any]:
    """Return the fields that only some entries have: those of replies, edited and hidden posts, and folded parkruns."""
    fields = {
        "reply_to": entry.reply_to_id,
        "edited_at": entry.edited_at and utc_iso_exact(entry.edited_at),
        "hidden": entry.hidden_at is not None,
        "fold": entry.fold,
    }
    return {name: value for name, value in fields.items() if value}


def removed_entry(entry: Entry) -> RemovedEntryShape:
    """Return what a client that reconnects gets instead of an entry that was removed while it was away."""
    return {"id": entry.pk, "seq": entry.seq, "removed": True}


def encode_change(entry: Entry, *, after: int) -> EncodedChange:
    """Encode the last change of an entry as two frames, one for members and one for wall screens.

    The clients already have all changes up to the sequence number `after`.

    The message is `entry.removed` for a removed entry, `entry.added` for an entry that was added under a number above
    `after`, and `entry.changed` for any other entry.
    """
    if entry.removed:
        removed = frame_of(EntryRemoved(seq=entry.seq, id=entry.pk))
        return EncodedChange(entry.seq, removed, removed)
    message = EntryAdded if entry.first_seq > after else EntryChanged
    members, screens = message(entry=for_members(entry)), message(entry=for_screens(entry))
    return EncodedChange(entry.seq, frame_of(members), frame_of(screens))


def frame_of(message: Message) -> str:
    """Return the text of a frame with one message."""
    return frame([message.wire()])

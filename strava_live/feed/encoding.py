"""Encode an entry as the protocol's `entry`: in full for members, with less for the wall screens in cafés."""

from typing import cast

from strava_live.broadcast import News
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
    return encode(entry, on_screen=False)


def for_screens(entry: Entry) -> EntryShape:
    return encode(entry, on_screen=True)


def encode(entry: Entry, *, on_screen: bool) -> EntryShape:
    shape: EntryShape = {
        "id": entry.pk,
        "seq": entry.seq,
        "kind": cast("EntryKind", str(entry.kind)),
        "at": utc_iso_exact(entry.at),
        "athlete": athlete_shown(entry.athlete_id, entry.name, on_screen=on_screen),
        "text": text_of(entry),
        "data": cast("EntryData", data_shown(entry.data, entry.name, on_screen=on_screen)),
        "cheers": entry.cheers,
    }
    words = screen_words(entry) if on_screen else card_words(entry)
    return cast("EntryShape", {**shape, **words})


def removed_entry(entry: Entry) -> RemovedEntryShape:
    """Return what a client that reconnects gets of an entry that was removed meanwhile."""
    return {"id": entry.pk, "seq": entry.seq, "removed": True}


def news_of(entry: Entry, *, known: int) -> News:
    """Return the frames that tell members and screens of an entry's last change.

    The entry counts as added if it was first sent after the sequence number `known`, otherwise as changed.
    """
    if entry.removed:
        removed = frame_of(EntryRemoved(seq=entry.seq, id=entry.pk))
        return News(entry.seq, removed, removed)
    message = EntryAdded if entry.first_seq > known else EntryChanged
    members, screens = message(entry=for_members(entry)), message(entry=for_screens(entry))
    return News(entry.seq, frame_of(members), frame_of(screens))


def frame_of(message: Message) -> str:
    return frame([message.wire()])

"""An entry as the two audiences get it: the `entry` of the protocol."""

from datetime import UTC, datetime

from strava_live.activities.garmin import GARMIN
from strava_live.broadcast import News
from strava_live.feed.models import Entry
from strava_live.feed.wording import text_of
from strava_live.protocol import EntryAdded, EntryChanged, EntryRemoved, Json, Message, frame

# What leads from a wall to the athlete's own pages.
NOT_ON_WALLS = ("url",)


def for_members(entry: Entry) -> Json:
    shown = encoded(entry)
    if entry.name:
        shown["athlete"] = {"id": entry.athlete_id, "name": entry.name}
    return shown


def for_screens(entry: Entry) -> Json:
    shown = encoded(entry)
    if entry.name:
        shown["athlete"] = {"name": entry.name}
    shown["data"] = {name: value for name, value in shown["data"].items() if name not in NOT_ON_WALLS}
    return shown


def encoded(entry: Entry) -> Json:
    """What both get."""
    return {
        "id": entry.pk,
        "seq": entry.seq,
        "kind": str(entry.kind),
        "at": moment(entry.at),
        "athlete": None,
        "text": text_of(entry),
        "data": data_of(entry),
        "cheers": entry.cheers,
    }


def data_of(entry: Entry) -> Json:
    """Nothing in it leads to a hidden athlete: no link, and not the model of a watch that few others wear."""
    data: Json = entry.data
    if entry.name:
        return data
    hidden = {"url": None, "device": GARMIN if data.get("device") else None}
    return {name: hidden.get(name, value) for name, value in data.items()}


def gone(entry: Entry) -> Json:
    """A removed entry in a replay."""
    return {"id": entry.pk, "seq": entry.seq, "removed": True}


def news_of(entry: Entry, *, known: int) -> News:
    """The message of an entry's last change, for whoever stands at the number `known`."""
    if entry.removed:
        removed = finished(EntryRemoved(seq=entry.seq, id=entry.pk))
        return News(entry.seq, removed, removed)
    message = EntryAdded if entry.first_seq > known else EntryChanged
    members, screens = message(entry=for_members(entry)), message(entry=for_screens(entry))
    return News(entry.seq, finished(members), finished(screens))


def finished(message: Message) -> str:
    return frame([message.wire()])


def moment(at: datetime) -> str:
    """To the microsecond: `at` puts entries in order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

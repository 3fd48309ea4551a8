"""Read one of Strava's events from the body of a request. Refuse a body that does not have the form of an event."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from strava_live.webhook.models import StravaEvent

Choice = TypeVar("Choice", StravaEvent.Subject, StravaEvent.Aspect)

LARGEST_ID = 2**63 - 1
FOUNDED = datetime(2009, 1, 1, tzinfo=UTC)
"""The beginning of Strava's first year. Older events are refused."""
AHEAD_MOST = timedelta(days=1)
"""The most by which an event may lie in the future. A slow clock on this machine must not cost us an event."""
UPDATES_MOST, NAME_MOST, TEXT_MOST = 20, 50, 1000
"""The most changed fields in one event, and the most characters of a field's name and of its new value."""


class MalformedEvent(ValueError):
    """The body is not one of Strava's events. The text says why, without quoting the body."""


@dataclass(frozen=True)
class ReceivedEvent:
    """What one of Strava's events says: something has happened to an activity, or to an athlete's permission."""

    about: StravaEvent.Subject
    object_id: int
    """Strava's id of the activity, or of the athlete."""
    aspect: StravaEvent.Aspect
    updates: dict[str, str]
    """The changed fields, such as `title` and `private`, with their new values. Empty if Strava lists none."""
    owner_id: int
    """Strava's id of the athlete."""
    subscription_id: int
    event_time: datetime

    @cached_property
    def digest(self) -> str:
        """Return a hash that copies of one event share, also if Strava orders their fields differently."""
        says = {
            "object_type": self.about.value,
            "object_id": self.object_id,
            "aspect_type": self.aspect.value,
            "owner_id": self.owner_id,
            "event_time": int(self.event_time.timestamp()),
            "updates": self.updates,
        }
        return hashlib.sha256(json.dumps(says, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_event(body: bytes, *, now: datetime) -> ReceivedEvent:
    """Return the event in a request's body. Raise MalformedEvent if the body is anything else."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedEvent("the body is not JSON") from None
    if not isinstance(data, dict):
        raise MalformedEvent("the body is not a JSON object")
    event = ReceivedEvent(
        about=read_choice(data, "object_type", StravaEvent.Subject),
        object_id=read_id(data, "object_id"),
        aspect=read_choice(data, "aspect_type", StravaEvent.Aspect),
        updates=read_updates(data.get("updates")),
        owner_id=read_id(data, "owner_id"),
        subscription_id=read_id(data, "subscription_id"),
        event_time=read_time(data, now=now),
    )
    if event.about is StravaEvent.Subject.ATHLETE and event.object_id != event.owner_id:
        raise MalformedEvent("object_id and owner_id are different athletes")
    return event


def read_choice(data: dict[str, Any], name: str, choices: type[Choice]) -> Choice:
    value = data.get(name)
    if not isinstance(value, str) or value not in choices.values:
        raise MalformedEvent(f"{name} is not one of {', '.join(choices.values)}")
    return choices(value)


def read_whole_number(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedEvent(f"{name} is not a whole number")
    return value


def read_id(data: dict[str, Any], name: str) -> int:
    value = read_whole_number(data, name)
    if not 1 <= value <= LARGEST_ID:
        raise MalformedEvent(f"{name} is not a positive number of 64 bits")
    return value


def read_time(data: dict[str, Any], *, now: datetime) -> datetime:
    seconds = read_whole_number(data, "event_time")
    if not FOUNDED.timestamp() <= seconds <= (now + AHEAD_MOST).timestamp():
        raise MalformedEvent("event_time is not a time in seconds between 2009 and tomorrow")
    return datetime.fromtimestamp(seconds, UTC)


def read_updates(value: Any) -> dict[str, str]:
    """Return the changed fields of an event. `value` is None if Strava lists none, as for a new activity."""
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > UPDATES_MOST:
        raise MalformedEvent("updates is not an object of few fields")
    for name, text in value.items():
        if not is_text(name, NAME_MOST) or not is_text(text, TEXT_MOST):
            raise MalformedEvent("updates has a field that is not a short text")
    return value


def is_text(value: Any, most: int) -> bool:
    """Return whether the value is a text of at most `most` characters that every database can store.

    Such a text has no NUL, and no half of a surrogate pair.
    """
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)

"""What all sockets' messages share: the envelope, close codes, and what is answered to what is not understood."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar

VERSION = 1
MOST_REPLAYED = 500
MAX_REF = 64
LARGEST_ID = 2**63 - 1

Json = dict[str, Any]


class Close:
    """Why a socket was closed. After the 44xx a client does not redial; after 4012 within ten seconds; after 4013 (the
    database is away) with back-off, as after any other close."""

    GOING_AWAY = 4012
    TRY_LATER = 4013
    NOT_UNDERSTOOD = 4400
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NOT_THERE = 4404
    TOO_MANY = 4429


class InvalidMessage(ValueError):
    """A frame that is no command; its text is what the client is told."""

    code = "bad_message"
    ref = ""
    """The frame's `ref`, if that could be read."""


class BadDates(InvalidMessage):
    """Dates that cannot be, or make no window."""

    code = "bad_dates"


@dataclass(frozen=True)
class Command:
    """Base of everything a client may ask for."""

    type: ClassVar[str]
    ref: str = field(default="", kw_only=True)
    """An error that the command causes carries the same `ref`."""


@dataclass(frozen=True)
class Ping:
    """Ask whether the server is there. Answered by `pong`."""

    type: ClassVar = "ping"


Readers = Mapping[str, Callable[[Json], Command]]
"""By type, how a command of one kind of socket is read; raises InvalidMessage."""


def parse_command(text: str | None, readers: Readers) -> Ping | Command:
    """Read a client's frame. Raise InvalidMessage, with the frame's `ref` if it has one."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        raise InvalidMessage("A message must be one JSON object.") from None
    if not isinstance(data, dict):
        raise InvalidMessage("A message must be one JSON object.")
    if data.get("type") == Ping.type:
        return Ping()
    ref = read_ref(data)
    try:
        return replace(read_command(data, readers), ref=ref)
    except InvalidMessage as error:
        error.ref = ref
        raise


def read_ref(data: Json) -> str:
    ref = data.get("ref", "")
    if not isinstance(ref, str) or len(ref) > MAX_REF or not ref.isprintable():
        raise InvalidMessage(f"ref must be a text of at most {MAX_REF} printable characters.")
    return ref


def read_command(data: Json, readers: Readers) -> Command:
    named = data.get("type")
    reader = readers.get(named) if isinstance(named, str) else None
    if reader is None:
        raise InvalidMessage("This socket has no message of this type.")
    return reader(data)


def day(value: object) -> date | None:
    """A day, or none; an empty text is what a form sends for none."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadDates("Write a date as YYYY-MM-DD.") from None


def identity(value: object, sentence: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise InvalidMessage(sentence)
    return value


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of everything the server sends."""

    type: ClassVar[str]

    def wire(self) -> Json:
        return {"type": self.type} | {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Pong(Message):
    """The answer to `ping`."""

    type: ClassVar = "pong"


@dataclass(frozen=True, kw_only=True)
class Error(Message):
    """A command was not understood or not done; nothing has changed. After `try_again`, send it again in a moment."""

    type: ClassVar = "error"
    code: str
    message: str
    ref: str = ""

    def wire(self) -> Json:
        return {name: value for name, value in super().wire().items() if name != "ref" or value}


def frame(messages: list[Json]) -> str:
    """One message as an object, several as an array."""
    return compact(messages[0] if len(messages) == 1 else messages)


def compact(value: object) -> str:
    """JSON as it is sent, without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def whole_number(query: Mapping[str, str], name: str) -> int | None:
    """A mark or a number in a socket's address; None for one that is missing or is none."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


NO_NUMBER = -1


def standing_at(query: Mapping[str, str]) -> int | None:
    """The `after` of a socket's address: None where there is none, and NO_NUMBER for one that is no number."""
    if "after" not in query:
        return None
    number = whole_number(query, "after")
    return NO_NUMBER if number is None else number

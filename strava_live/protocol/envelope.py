"""What all sockets share: the base of their messages, close codes, and the parsing of commands."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar

VERSION = 1
"""`protocol` in every `hello`."""
MOST_REPLAYED = 500
"""Changes that a `hello` replays at most."""
MAX_REF = 64
LARGEST_ID = 2**63 - 1

Json = dict[str, Any]


class Close:
    """Why the server closed a socket.

    After 44xx a client does not reconnect. After 4012 it reconnects within ten seconds. After 4013 (the server
    cannot serve it just now) and any other close it reconnects with back-off.
    """

    GOING_AWAY = 4012
    TRY_LATER = 4013
    NOT_UNDERSTOOD = 4400
    NOT_SIGNED_IN = 4401
    NOT_ALLOWED = 4403
    NOT_THERE = 4404
    TOO_MANY = 4429


class InvalidMessage(ValueError):
    """A frame that is not a valid command. The exception's text is sent to the client."""

    code = "bad_message"
    ref = ""
    """The frame's `ref`; "" if it has none or an invalid one."""


class BadDates(InvalidMessage):
    """A date that does not exist, or two that make no valid range."""

    code = "bad_dates"


@dataclass(frozen=True)
class Command:
    """Base of the commands that a client may send."""

    type: ClassVar[str]
    ref: str = field(default="", kw_only=True)
    """Sent back with an error that the command causes."""


@dataclass(frozen=True)
class Ping:
    """Check the connection. The server answers `pong`."""

    type: ClassVar = "ping"


CommandParsers = Mapping[str, Callable[[Json], Command]]
"""The commands of one kind of socket: by `type`, the function that parses one or raises InvalidMessage."""


def parse_command(text: str | None, parsers: CommandParsers) -> Ping | Command:
    """Parse a client's frame. Raise InvalidMessage, with the frame's `ref` if it has one."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        raise InvalidMessage("A message must be one JSON object.") from None
    if not isinstance(data, dict):
        raise InvalidMessage("A message must be one JSON object.")
    if data.get("type") == Ping.type:
        return Ping()
    ref = parse_ref(data)
    try:
        return replace(parse_fields(data, parsers), ref=ref)
    except InvalidMessage as error:
        error.ref = ref
        raise


def parse_ref(data: Json) -> str:
    ref = data.get("ref", "")
    if not isinstance(ref, str) or len(ref) > MAX_REF or not ref.isprintable():
        raise InvalidMessage(f"ref must be a text of at most {MAX_REF} printable characters.")
    return ref


def parse_fields(data: Json, parsers: CommandParsers) -> Command:
    type_name = data.get("type")
    parser = parsers.get(type_name) if isinstance(type_name, str) else None
    if parser is None:
        raise InvalidMessage("This socket has no message of this type.")
    return parser(data)


def parse_day(value: object) -> date | None:
    """Parse a date. Return None for null, and for the empty text that a form sends."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadDates("Write a date as YYYY-MM-DD.") from None


def parse_id(value: object, sentence: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_ID:
        raise InvalidMessage(sentence)
    return value


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of the messages that the server sends."""

    type: ClassVar[str]

    def wire(self) -> Json:
        return {"type": self.type} | {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Pong(Message):
    """The answer to `ping`."""

    type: ClassVar = "pong"


@dataclass(frozen=True, kw_only=True)
class Error(Message):
    """A command was invalid or failed, and nothing has changed. If `code` is `try_again`, send it again later."""

    type: ClassVar = "error"
    code: str
    message: str
    ref: str = ""

    def wire(self) -> Json:
        return {name: value for name, value in super().wire().items() if name != "ref" or value}


def frame(messages: list[Json]) -> str:
    """Return the text of a frame: one message as an object, several as an array."""
    return compact(messages[0] if len(messages) == 1 else messages)


def compact(value: object) -> str:
    """Encode as JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def parse_number(query: Mapping[str, str], name: str) -> int | None:
    """Read a whole number from a query string. Return None if it is missing or invalid."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


INVALID_NUMBER = -1


def parse_after(query: Mapping[str, str]) -> int | None:
    """Read `after` from a query string. Return None if it is missing, and INVALID_NUMBER if it is not a number."""
    if "after" not in query:
        return None
    number = parse_number(query, "after")
    return INVALID_NUMBER if number is None else number

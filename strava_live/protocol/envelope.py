"""What all sockets share: the base of their messages, close codes, and the parsing of commands."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from strava_live.error_codes import ErrorCode
from strava_live.protocol.fields import DESCRIBED, shape

VERSION = 1
"""`protocol` in every `hello`."""
MOST_REPLAYED = 500
"""The most changes that a `hello` replays."""
MAX_REF = 64

Json = dict[str, Any]
Model = TypeVar("Model", bound="ClientMessage")


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


CLOSE_CODES: Mapping[int, str] = {
    Close.GOING_AWAY: "The server process stops, your password changed, a backup was restored, the socket was open for "
    "12 to 23 hours, or you read so slowly that more than 3 MiB wait. Reconnect after a random 1 to 10 seconds. "
    "After a change of password, use the cookie of the new session; with any other you get 4401.",
    Close.TRY_LATER: "The server cannot serve this socket just now. Reconnect with growing pauses.",
    Close.NOT_UNDERSTOOD: "Three messages in a row were invalid. Do not reconnect: the client has a fault.",
    Close.NOT_SIGNED_IN: "You are not signed in, or this session was signed out. Do not reconnect: sign in first.",
    Close.NOT_ALLOWED: "You may no longer read this: you left the club, or the screen's key was revoked. "
    "Do not reconnect.",
    Close.NOT_THERE: "There is no such club, screen or address, or you are not a member. Do not reconnect.",
    Close.TOO_MANY: "You sent more than 60 messages in 10 seconds. Do not reconnect: the client has a fault.",
}
"""What each code means to a client, and what the client does next."""


class InvalidMessage(ValueError):
    """A frame that is not a valid command. The exception's text is sent to the client."""

    code = ErrorCode.BAD_MESSAGE
    ref = ""
    """The frame's `ref`; "" if it has none or an invalid one."""


class BadDates(InvalidMessage):
    """A date that does not exist, or two that make no valid range."""

    code = ErrorCode.BAD_DATES


# --- From the client


@dataclass(frozen=True)
class Refusal:
    """The answer to an invalid value of a command's field. Part of the field's type."""

    sentence: str
    error: type[InvalidMessage] = InvalidMessage


class ClientMessage(BaseModel):
    """Base of everything that a client may send. Fields that a message does not declare are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", use_attribute_docstrings=True)


class Ping(ClientMessage):
    """Check the connection. The server answers `pong`."""

    type: Literal["ping"] = "ping"


def printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(text)
    return text


Ref = Annotated[
    str,
    Field(max_length=MAX_REF),
    AfterValidator(printable),
    Refusal(f"ref must be a text of at most {MAX_REF} printable characters."),
]


class Command(ClientMessage):
    """Base of the commands that a client may send."""

    ref: Ref = ""
    """Any text, sent back with an error that the command causes."""


Commands = Mapping[str, type[Command]]
"""The commands of one kind of socket, by `type`."""


def by_type(*commands: type[Command]) -> Commands:
    return {command.model_fields["type"].default: command for command in commands}


def parse_command(text: str | None, commands: Commands) -> Ping | Command:
    """Parse a client's frame. Raise InvalidMessage, with the frame's `ref` if it has one."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        raise InvalidMessage("A message must be one JSON object.") from None
    if not isinstance(data, dict):
        raise InvalidMessage("A message must be one JSON object.")
    type_name = data.get("type")
    if type_name == "ping":
        return Ping()
    ref = validated(Command, data).ref
    try:
        if not isinstance(type_name, str) or type_name not in commands:
            raise InvalidMessage("This socket has no message of this type.")
        return validated(commands[type_name], data)
    except InvalidMessage as error:
        error.ref = ref
        raise


def validated(model: type[Model], data: Json) -> Model:
    """Return the data as a message. If a field is invalid, raise the error of the `Refusal` in the field's type."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        field = model.model_fields[str(error.errors(include_url=False)[0]["loc"][0])]
        refusal = next(one for one in field.metadata if isinstance(one, Refusal))
        raise refusal.error(refusal.sentence) from None


def parse_day(value: object) -> date | None:
    """Parse a date. Return None for null, and for the empty text that a form sends."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadDates(BAD_DAY) from None


BAD_DAY = "Write a date as YYYY-MM-DD."
OptionalDay = Annotated[date | None, BeforeValidator(parse_day), Refusal(BAD_DAY, BadDates)]

# --- From the server


@shape
class ErrorBody(TypedDict):
    """An error as JSON in the answer to an HTTP request. The answer has the status that belongs to the code."""

    code: ErrorCode
    """The reason, from the table of error codes."""
    message: str
    """The reason as a sentence for people."""
    fields: NotRequired[dict[str, str]]
    """For each field that is not valid, what is wrong with it, as a sentence."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """Base of the messages that the server sends. Its subclasses declare the fields, `type` first.

    mypy checks the fields, so messages are not validated when they are sent. tests/protocol/ validates what sockets
    really send.
    """

    __pydantic_config__ = DESCRIBED

    def wire(self) -> Json:
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class Pong(Message):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"


@dataclass(frozen=True, kw_only=True)
class Error(Message):
    """A command was invalid or failed, and nothing has changed. If `code` is `try_again`, send it again later."""

    type: Literal["error"] = "error"
    code: ErrorCode
    """The reason, from the table of error codes."""
    message: str
    """The reason as a sentence for people."""
    ref: str = ""
    """The command's `ref`. Absent if the command had none, or an invalid one."""

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

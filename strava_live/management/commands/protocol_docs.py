"""manage.py protocol_docs: print docs/protocol.md, made from the classes and docstrings of `strava_live.protocol`.

bin/check compares the output with the file.
"""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand
from pydantic import TypeAdapter

from strava_live import protocol
from strava_live.error_codes import ErrorCode
from strava_live.protocol import (
    CLOSE_CODES,
    CLUB_COMMANDS,
    SYNC_COMMANDS,
    ErrorBody,
    Ping,
    bucket,
    club,
    examples,
    messages,
    notifications,
    sync,
)
from strava_live.protocol.bucket import BUCKET_COMMANDS, SendingShape, SendingWaitShape
from strava_live.protocol.club_shapes import (
    DATA_OF_KIND,
    AthleteShape,
    ClubShape,
    EntryShape,
    FiguresShape,
    MarkShape,
    RemovedEntryShape,
    WatchingShape,
)
from strava_live.protocol.messages import MESSAGES_COMMANDS, MessageShape, ReadsShape
from strava_live.protocol.notifications import NOTIFICATIONS_COMMANDS, ActorShape, NotificationShape
from strava_live.protocol.schema_words import Schema, shape_name, type_words
from strava_live.protocol.sync_shapes import BadgeShape, FailureShape, ItemShape, ParkrunShape, RunShape, WaitingShape

COMMAND_EXAMPLES = {example["type"]: example for example in examples.CLIENT_MESSAGES}
SHAPE_EXAMPLES: Mapping[Any, Any] = {
    RunShape: examples.RUN,
    WaitingShape: examples.WAITING,
    FailureShape: examples.FAILURE,
    ItemShape: examples.ITEM,
    ParkrunShape: examples.ITEM["parkrun"],
    BadgeShape: examples.ITEM["badge"],
    ClubShape: examples.CLUB,
    WatchingShape: examples.WATCHING,
    EntryShape: examples.ENTRY,
    FiguresShape: examples.FIGURES,
    AthleteShape: examples.ENTRY["athlete"],
    MarkShape: examples.ENTRY["marks"][0],
    RemovedEntryShape: examples.REMOVED,
    SendingShape: examples.SENDING,
    SendingWaitShape: examples.SENDING_WAITING,
    MessageShape: examples.DIRECT_MESSAGE,
    ReadsShape: examples.READS,
    NotificationShape: examples.CHEER_NOTIFICATION,
    ActorShape: examples.CHEER_NOTIFICATION["actors"][0],
    ErrorBody: examples.ERROR_BODY,
    **{DATA_OF_KIND[entry["kind"]]: entry["data"] for entry in examples.ENTRIES},
}


class Command(BaseCommand):
    help = "Print docs/protocol.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(page()))


def page() -> Iterator[str]:
    yield from ("# The sockets' protocol", "")
    yield from ("Made by `python manage.py protocol_docs` from `strava_live/protocol/`; change it there.", "")
    yield from rules_of(protocol)
    yield from ("## On every socket", "", "### To the server", "")
    yield from command_section(Ping)
    yield from ("### From the server", "")
    yield from message_sections(examples.COMMON_MESSAGES)
    yield from ("## My own Strava", "")
    yield from rules_of(sync)
    yield from socket_sections(SYNC_COMMANDS.values(), examples.SYNC_MESSAGES)
    yield from shape_sections([RunShape, WaitingShape, FailureShape, ItemShape, ParkrunShape, BadgeShape])
    yield from ("## A club's feed", "")
    yield from rules_of(club)
    yield from socket_sections(CLUB_COMMANDS.values(), examples.FEED_MESSAGES)
    yield from shape_sections(
        [
            EntryShape,
            *DATA_OF_KIND.values(),
            AthleteShape,
            MarkShape,
            RemovedEntryShape,
            ClubShape,
            WatchingShape,
            FiguresShape,
        ]
    )
    yield from ("## My Bucket", "")
    yield from rules_of(bucket)
    yield from socket_sections(BUCKET_COMMANDS.values(), examples.BUCKET_MESSAGES)
    yield from shape_sections([SendingShape, SendingWaitShape])
    yield from ("## My direct messages", "")
    yield from rules_of(messages)
    yield from socket_sections(MESSAGES_COMMANDS.values(), examples.DIRECT_MESSAGES)
    yield from shape_sections([MessageShape, ReadsShape])
    yield from ("## My notifications", "")
    yield from rules_of(notifications)
    yield from socket_sections(NOTIFICATIONS_COMMANDS.values(), examples.NOTIFICATIONS_MESSAGES)
    yield from shape_sections([NotificationShape, ActorShape])
    yield from ("## Close codes", "")
    yield from table(("code", "meaning"), [(str(code), meaning) for code, meaning in CLOSE_CODES.items()])
    yield from ("After any other code, reconnect with growing pauses.", "")
    yield from ("## Error codes", "")
    yield from ("The `code` of an `error`, of a failed run, and of an HTTP answer with its status.", "")
    rows = [(f"`{code}`", str(code.status), code.meaning) for code in ErrorCode]
    yield from table(("code", "HTTP status", "meaning"), rows)
    yield from shape_section(ErrorBody)


def rules_of(module: Any) -> tuple[str, str]:
    """Return a module's docstring without its first line."""
    return str(inspect.getdoc(module)).split("\n\n", 1)[1].rstrip(), ""


def socket_sections(commands: Iterable[type[Any]], messages: Iterable[protocol.Message]) -> Iterator[str]:
    yield from ("### To the server", "")
    for command in commands:
        yield from command_section(command)
    yield from ("### From the server", "")
    yield from message_sections(messages)


def command_section(command: type[Any]) -> Iterator[str]:
    name = command.model_fields["type"].default
    yield from section(f"`{name}`", command, COMMAND_EXAMPLES[name], "optional")


def message_sections(messages: Iterable[protocol.Message]) -> Iterator[str]:
    for message in messages:
        yield from section(f"`{message.wire()['type']}`", type(message), message.wire(), "may be absent")


def shape_sections(shapes: Iterable[Any]) -> Iterator[str]:
    yield from ("### Shapes", "")
    for shape in shapes:
        yield from shape_section(shape)


def shape_section(shape: Any) -> Iterator[str]:
    yield from section(shape_name(shape.__name__), shape, SHAPE_EXAMPLES[shape], "may be absent")


def section(heading: str, declared: Any, example: Schema, if_not_required: str) -> Iterator[str]:
    """Return the heading, the description, a table of the fields and an example."""
    yield from (f"#### {heading}", "", str(inspect.getdoc(declared)), "")
    schema = TypeAdapter(declared).json_schema()
    rows = []
    for name, field in schema["properties"].items():
        if name != "type":
            optional = "" if name in schema.get("required", ()) else f", {if_not_required}"
            rows.append((f"`{name}`", type_words(field, link_to) + optional, " ".join(field["description"].split())))
    if rows:
        yield from table(("field", "type", "meaning"), rows)
    yield from ("```json", *example_lines(example), "```", "")


def example_lines(example: Schema) -> Iterator[str]:
    """Return JSON with a line for each field, however long it is."""
    fields = [f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in example.items()]
    yield from ("{", ",\n".join(fields), "}") if fields else ("{}",)


def link_to(class_name: str) -> str:
    if class_name == ErrorCode.__name__:
        return "[error code](#error-codes)"
    name = shape_name(class_name)
    return f"[{name}](#{name.replace(' ', '-')})"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""

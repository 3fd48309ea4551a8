"""manage.py protocol_docs: print docs/protocol.md, made from the classes and docstrings of `strava_live.protocol`.

bin/check compares the output with the file.
"""

import inspect
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_args

from django.core.management.base import BaseCommand

from strava_live import protocol
from strava_live.protocol import Close, Message, Ping


class Command(BaseCommand):
    help = "Print docs/protocol.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(page()))


def page() -> Iterator[str]:
    """Yield the lines of docs/protocol.md."""
    yield "# The sockets' protocol"
    yield ""
    yield "Made by `python manage.py protocol_docs` from `strava_live/protocol/`; change it there."
    yield ""
    yield inspect.getdoc(protocol).split("\n\n", 1)[1].rstrip()  # type: ignore[union-attr]
    yield ""
    yield "## Close codes"
    yield ""
    yield from table(("code", "meaning"), [(str(code), name) for name, code in close_codes()])
    yield "## From the client"
    yield ""
    yield from table(("type", "fields", "meaning"), [row_of(message) for message in commands()])
    yield "## From the server"
    yield ""
    yield from table(("type", "fields", "meaning"), [row_of(message) for message in Message.__subclasses__()])


def commands() -> tuple[type[Any], ...]:
    """Return the classes of all messages that clients may send."""
    return (Ping, *get_args(protocol.SyncCommand), *get_args(protocol.ClubCommand))


def close_codes() -> list[tuple[str, int]]:
    named = {name: code for name, code in vars(Close).items() if isinstance(code, int)}
    return [(name.replace("_", " ").lower(), code) for name, code in named.items()]


def row_of(message: type[Any]) -> tuple[str, str, str]:
    """Return a message's row in the table: type, fields and meaning."""
    named = ", ".join(f"`{field.name}`" for field in fields(message))
    return f"`{message.type}`", named, str(inspect.getdoc(message))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""

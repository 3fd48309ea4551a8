"""Every socket, opened by every kind of person, and each of its commands."""

import inspect
import json
from itertools import groupby

from strava_live.activities.models import Activity
from strava_live.bucket.models import Sending
from strava_live.database import on_database
from strava_live.feed.models import Cheer, Entry
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.notifications.models import Notification
from strava_live.routing import websocket_urlpatterns
from strava_live.sync.models import SyncRun
from tests.access.rows import COMMAND_ROWS, CommandRow
from tests.access.world import Caller, World, world
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.hub.unreliable import UnreliableLayer

UNKNOWN = 2**53 - 1
LAST = {
    "ws/sync/": {"type": "activity.save", "strava_id": UNKNOWN, "ref": "last"},
    "ws/bucket/": {"type": "sending.start", "ref": "last"},
    "ws/messages/": {"type": "message.read", "id": UNKNOWN, "ref": "last"},
    "ws/notifications/": {"type": "notification.read", "ref": "last"},
    "ws/clubs/<slug:slug>/": {"type": "cheer", "id": UNKNOWN, "ref": "last"},
}
"""A command that is always refused. Commands are handled in order, so its error follows the effect of earlier ones."""


def changeable() -> list[object]:
    """Return what commands change."""
    return [
        sorted(Entry.objects.values_list("pk", "removed", "text")),
        sorted(Cheer.objects.values_list("user_id", "entry_id")),
        sorted(Activity.objects.values_list("pk", "state")),
        sorted(SyncRun.objects.values_list("pk", "state", "cancel_asked")),
        sorted(Sending.objects.values_list("pk", "state", "cancel_asked")),
        sorted(DirectMessage.objects.values_list("pk", "text")),
        sorted(ConversationSide.objects.values_list("pk", "read_up_to", "delivered_up_to")),
        sorted(Notification.objects.exclude(read_at=None).values_list("pk", flat=True)),
    ]


async def test_every_kind_of_person_gets_what_the_table_says(transactional_db: None, layer: UnreliableLayer) -> None:
    cast = await on_database(world)()
    wrong = []
    for caller in cast.callers:
        for route, rows in groupby(COMMAND_ROWS, key=lambda row: row.route):
            wrong += await faults_on_socket(cast, caller, route, list(rows))
    assert not wrong, "\n".join(wrong)


async def faults_on_socket(cast: World, caller: Caller, route: str, rows: list[CommandRow]) -> list[str]:
    """Open a socket, send the commands of its rows, and return where the outcome differs from the table."""
    socket = InProcessSocket(cast.path(route, caller), caller.session, caller.token).connect()
    await eventually(lambda: socket.frames or socket.code)
    faults = []
    for row in rows:
        found = str(socket.code) if socket.code else await outcome_of(socket, row, cast)
        if found != row.outcomes[caller.kind]:
            faults.append(f"{route} {row.command}, {caller.kind}: {found} instead of {row.outcomes[caller.kind]}")
    socket.disconnect()
    await socket.close_code()
    return faults


async def outcome_of(socket: InProcessSocket, row: CommandRow, cast: World) -> str:
    """Send a command and return what it did, in a word of the table."""
    before, sent = await on_database(changeable)(), json.loads(cast.filled(row.command))
    seen = len(socket.frames)
    if sent["type"] == "ping":
        socket.send(json.dumps(sent))
        await eventually(lambda: "pong" in socket.types()[seen:])
        return "pong"
    socket.send(json.dumps(sent | {"ref": "this"}))
    socket.send(json.dumps(LAST[row.route]))
    await eventually(lambda: "last" in refusals(socket, seen))
    if code := refusals(socket, seen).get("this"):
        return code
    return "-" if await on_database(changeable)() == before else "change"


def refusals(socket: InProcessSocket, seen: int) -> dict[str, str]:
    """Return the codes of the errors that came after the first `seen` frames, by `ref`."""
    messages = [message for text in socket.frames[seen:] for message in as_list(json.loads(text))]
    return {message["ref"]: message["code"] for message in messages if message["type"] == "error"}


def as_list(frame: object) -> list[dict[str, str]]:
    return frame if isinstance(frame, list) else [frame]  # type: ignore[list-item]


def test_the_table_names_every_socket_and_command() -> None:
    offered = {("ws/nowhere/", "ping")}
    for pattern in websocket_urlpatterns:
        socket = inspect.getclosurevars(pattern.callback).nonlocals.get("cls")
        if socket is not None:
            offered |= {(str(pattern.pattern), command) for command in ("ping", *socket.commands)}

    assert offered == {(row.route, row.command.split('"')[3]) for row in COMMAND_ROWS}

"""The hub: receives this process's events from the channel layer and passes them to its connections.

Each process has one. It subscribes once to each club that has a connection here. It keeps a register of all
connections, to close those whose permission is withdrawn (evictions). Regularly it compares with the database, in case
the channel layer lost an event.
"""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from random import uniform
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from strava_live.broadcast import EVICTIONS, EncodedChange, club_group, member_target, resend_evictions
from strava_live.database import for_readers
from strava_live.feed.snapshot import ClubState, club_states
from strava_live.hub.authorizer import Authorizer, ConnectionRefused, FeedAccess
from strava_live.hub.connections import Connection
from strava_live.hub.evictions import Eviction, eviction_code, permissions_used_by
from strava_live.hub.group_subscriptions import GroupSubscriptions
from strava_live.hub.layer_monitor import LayerMonitor
from strava_live.hub.presence import NO_WATCHERS
from strava_live.hub.rooms import Room
from strava_live.hub.snapshots import SnapshotRequest
from strava_live.protocol import Close, FiguresChanged, Position

logger = logging.getLogger(__name__)

Listener = Callable[[dict[str, Any]], None]

EMPTY_ROOM_KEPT_S = 30.0
"""How long an empty room stays open, for a client that lost its network for a short time."""
EVICTION_REMEMBERED_S = 60.0


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process = uuid.uuid4().hex
        self.authorizer = Authorizer()
        self.subscriptions = GroupSubscriptions(self.receive)
        self.connections: set[Connection] = set()
        self.by_target: dict[str, list[Connection]] = {}
        """The connections that close when a target is evicted: a session, person, member or screen (see broadcast)."""
        self.layer_monitor = LayerMonitor(self.process)
        self.losses_handled = 0
        """How many possible losses of events the layer monitor had counted at the last complete recheck."""
        self.recent_evictions: deque[Eviction] = deque()
        """Checked against connections that register, whose permissions may have been read before the eviction."""
        self.rooms: dict[int, Room] = {}
        self.listeners: dict[str, list[Listener]] = {}
        self.closed = False
        self.tasks = [
            asyncio.create_task(self.subscriptions.listen()),
            asyncio.create_task(self.subscriptions.subscribe(EVICTIONS)),
            asyncio.create_task(run_every("HUB_PULSE_S", self.publish_watchers)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.check_database)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.subscriptions.retry_failed)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.check_layer)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.recheck_after_loss)),
            asyncio.create_task(run_every("SOCKET_RECHECK_S", self.recheck_all)),
        ]

    # --- Connections

    def register(self, connection: Connection, *, requested_at: float) -> None:
        """Register a connection. Raise ConnectionRefused if the hub is closed.

        It is also raised if the connection was evicted while it was being authorized. The connection is then registered
        all the same, and the caller unregisters it.
        """
        if self.closed:
            raise ConnectionRefused(Close.GOING_AWAY)
        self.connections.add(connection)
        for target in connection.eviction_targets:
            self.by_target.setdefault(target, []).append(connection)
        for eviction in self.recent_evictions:
            if eviction.overtook(connection, requested_at):
                raise ConnectionRefused(eviction.code)

    async def join_room(self, connection: Connection, access: FeedAccess, after: Position | None) -> None:
        """Subscribe to the club first and read the snapshot second, so that no change falls between the two."""
        room = await self.open_room(connection, access)
        for pause in (*settings.HUB_STALE_SNAPSHOT_PAUSES_S, None):
            hello = await self.authorizer.hello(SnapshotRequest(access.club_id, after, connection.user_id))
            if room.epoch not in (None, hello.epoch):
                raise ConnectionRefused(Close.GOING_AWAY)  # a backup was restored; check_database will end this room
            if room.finish_join(connection, hello):
                return
            if pause is not None:
                await asyncio.sleep(uniform(pause / 2, pause))  # noqa: S311 spreads the retries
        raise ConnectionRefused(Close.TRY_LATER)

    async def open_room(self, connection: Connection, access: FeedAccess) -> Room:
        """Begin to join before the first await, so that the room is not closed as empty meanwhile."""
        club_id = access.club_id
        is_new = club_id not in self.rooms
        room = self.rooms.setdefault(club_id, Room(club_id, self.process))
        room.begin_join(connection, access.eviction_number)
        await self.subscriptions.subscribe(club_group(club_id))
        if is_new:
            await room.presence.request_reports()
        return room

    def unregister(self, connection: Connection) -> None:
        """Remove a connection. Does nothing the second time: an evicted socket unregisters again when it ends."""
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        for target in connection.eviction_targets:
            self.by_target[target].remove(connection)
            if not self.by_target[target]:
                del self.by_target[target]
        if connection.feed_access and (room := self.rooms.get(connection.feed_access.club_id)):
            room.leave(connection)

    def evict(self, connection: Connection, code: int) -> None:
        self.unregister(connection)
        connection.writer.close(code)

    async def add_listener(self, group: str, listener: Listener) -> None:
        """Call `listener` with each event of a group, for sockets that belong to one person rather than a club."""
        self.listeners.setdefault(group, []).append(listener)
        await self.subscriptions.subscribe(group)

    async def remove_listener(self, group: str, listener: Listener) -> None:
        if listener in self.listeners.get(group, ()):
            self.listeners[group].remove(listener)
            if not self.listeners[group]:
                del self.listeners[group]
                await self.subscriptions.unsubscribe(group)

    # --- Events of the channel layer

    def receive(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "frame":
                for listener in tuple(self.listeners.get(event["group"], ())):
                    listener(event)
            case "evict":
                self.evict_target(event["target"], event["code"], event.get("evictions"))
            case "ping":
                self.layer_monitor.receive(event)
            case "reconnected":
                self.layer_monitor.note_possible_loss()
            case _ if room := self.rooms.get(event.get("club", 0)):
                self.pass_to_room(room, event)

    def pass_to_room(self, room: Room, event: dict[str, Any]) -> None:
        match event["type"]:
            case "club.changes":
                room.receive(EncodedChange(*one) for one in event["changes"])
            case "club.member":
                for connection in self.by_target.get(member_target(room.club_id, event["user"]), ()):
                    room.send_to(connection, event["frame"])
            case "club.reset":
                room.reset(event["seq"])
            case "club.figures":
                room.send_to_screens(FiguresChanged())
            case "club.watchers":
                room.presence.receive(event)
            case "club.report_watchers":
                room.presence.report_again()

    def evict_target(self, target: str, code: int, number: int | None) -> None:
        """Evict the connections of a target, and remember the eviction for those that are about to register."""
        now = time.monotonic()
        eviction = Eviction(now, target, code, number)
        self.recent_evictions.append(eviction)
        while self.recent_evictions[0].at < now - EVICTION_REMEMBERED_S:
            self.recent_evictions.popleft()
        for connection in tuple(self.by_target.get(target, ())):
            if eviction.concerns(connection):
                self.evict(connection, code)

    async def close(self) -> None:
        """Stop the hub when its process stops: refuse new connections, end the regular tasks, report no watchers."""
        self.closed = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*(room.presence.report(NO_WATCHERS) for room in self.rooms.values()))

    # --- Regular tasks

    async def publish_watchers(self) -> None:
        for room in list(self.rooms.values()):
            await room.publish_watchers()

    async def check_database(self) -> None:
        """Close empty rooms, then compare the others with the database.

        That finds events that the channel layer lost, deleted clubs, restored backups and missed evictions.
        """
        await self.close_empty_rooms()
        if self.rooms:
            club_ids = list(self.rooms)
            states = await for_readers(club_states)(club_ids)
            for club_id in club_ids:
                if room := self.rooms.get(club_id):
                    self.check_room(room, states.get(club_id))
            await self.recheck_rooms(states)

    def check_room(self, room: Room, in_table: ClubState | None) -> None:
        if in_table is None:
            self.evict_all(room, Close.NOT_THERE)
        elif room.epoch not in (None, in_table.epoch):
            room.end(in_table.seq)
            self.evict_all(room, Close.GOING_AWAY)
            del self.rooms[room.club_id]
        else:
            room.note_seq_in_database(in_table.seq)

    def evict_all(self, room: Room, code: int) -> None:
        for connection in list(room.all_connections()):
            self.evict(connection, code)

    async def recheck_rooms(self, states: dict[int, ClubState]) -> None:
        """Recheck the connections of clubs with evictions that this process may have missed.

        A club counts its evictions in its row. A room whose number is lower has missed some.
        """
        risen = {
            room: room.eviction_number
            for room in self.rooms.values()
            if (in_table := states.get(room.club_id))
            and room.eviction_number is not None
            and room.eviction_number < in_table.evictions
        }
        for room in risen:
            room.eviction_number = states[room.club_id].evictions
        try:
            await self.recheck([connection for room in risen for connection in room.all_connections()])
        except Exception:
            for room, eviction_number in risen.items():
                room.note_authorized_at(eviction_number)
            raise

    async def close_empty_rooms(self) -> None:
        long_ago = time.monotonic() - EMPTY_ROOM_KEPT_S
        empty = [room.club_id for room in self.rooms.values() if room.empty_since and room.empty_since < long_ago]
        for club_id in empty:
            del self.rooms[club_id]
        for club_id in empty:
            if club_id not in self.rooms:  # a connection may have opened it again during the previous unsubscribe
                await self.subscriptions.unsubscribe(club_group(club_id))

    async def check_layer(self) -> None:
        await resend_evictions()
        await self.layer_monitor.ping()

    async def recheck_after_loss(self) -> None:
        """Recheck all permissions if an eviction may have been lost.

        Clubs count their evictions in the database, so a lost one is found there. Evictions of sessions and persons are
        not counted, so everything is rechecked.
        """
        losses = self.layer_monitor.check()
        if losses > self.losses_handled:
            await self.recheck_all()
            self.losses_handled = losses

    async def recheck_all(self) -> None:
        await self.recheck(list(self.connections))

    async def recheck(self, connections: Collection[Connection]) -> None:
        """Evict connections whose permission is gone, and those that have been open so long that they reconnect."""
        if not connections:
            return
        valid = await for_readers(permissions_used_by(connections).still_valid)()
        for connection in connections:
            if (code := eviction_code(connection, valid)) is not None:
                self.evict(connection, code)


async def run_every(pause_setting: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` repeatedly, sleeping in between for the seconds of a setting."""
    while True:
        await asyncio.sleep(getattr(settings, pause_setting))
        try:
            await work()
        except DatabaseError as error:
            logger.warning("the database does not answer", extra={"work": work.__name__, "reason": repr(error)})
        except Exception:
            logger.exception("a regular task of the hub failed", extra={"work": work.__name__})


current: Hub | None = None


def hub() -> Hub:
    """Return the hub of this process. Each event loop gets a new one, because tests use several."""
    global current  # noqa: PLW0603 one for each process
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Hub()
    return current


async def close_hub() -> None:
    await hub().close()

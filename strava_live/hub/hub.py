"""The hub: receives events from the channel layer, and passes them to the connections of this process.

Each web process has one hub. It subscribes once to each club that has a connection here, and closes connections whose
permission is withdrawn. Every few seconds it compares what it knows with the database, because the channel layer may
lose events.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Collection
from random import uniform
from typing import Any

from django.conf import settings
from django.utils import timezone

from strava_live.api_tokens.tokens import still_valid
from strava_live.batcher import Batcher
from strava_live.broadcast import EVICTIONS, EncodedChange, club_group, member_target, resend_evictions
from strava_live.database import for_readers
from strava_live.feed.snapshot import ClubState, club_states
from strava_live.group_subscriptions import GroupSubscriptions
from strava_live.hub.authorizer import Authorizer, ConnectionRefused, FeedAccess
from strava_live.hub.connections import Connection
from strava_live.hub.evictions import Eviction, eviction_code, permissions_used_by, token_ids_of
from strava_live.hub.layer_monitor import LayerMonitor
from strava_live.hub.presence import NO_WATCHERS
from strava_live.hub.registry import ConnectionRegistry
from strava_live.hub.regular_tasks import run_every
from strava_live.hub.rooms import Room
from strava_live.hub.snapshots import SnapshotRequest
from strava_live.notifications.header import HeaderState, header_states
from strava_live.protocol import Close, FiguresChanged, Position

Listener = Callable[[dict[str, Any]], None]
"""A function that is called with each event of a group of the channel layer."""

HEADERS_EVERY_S = 0.25
"""The least time between two queries about the headers of pages. One query answers all sockets that have asked."""


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process_id = uuid.uuid4().hex
        self.authorizer = Authorizer()
        self.subscriptions = GroupSubscriptions(self.handle_event)
        self.registry = ConnectionRegistry()
        self.header_states: Batcher[int, HeaderState] = Batcher(header_states, interval_s=HEADERS_EVERY_S)
        """Reads what a page's header shows, for the sockets that check whether it has changed."""
        self.layer_monitor = LayerMonitor(self.process_id)
        self.losses_handled = 0
        """The layer monitor's count of possible losses up to which all permissions have been rechecked."""
        self.rooms: dict[int, Room] = {}
        """The room of each club that has connections here, or had some lately, by club id."""
        self.listeners: dict[str, list[Listener]] = {}
        """The functions to call with the events of a group, by group."""
        self.closed = False
        self.tasks = [
            asyncio.create_task(self.subscriptions.receive_events()),
            asyncio.create_task(self.subscriptions.subscribe(EVICTIONS)),
            asyncio.create_task(run_every("HUB_PULSE_S", self.publish_watchers)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.check_database)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.subscriptions.retry_failed)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.recheck_tokens)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.check_layer)),
            asyncio.create_task(run_every("HUB_LOOK_S", self.recheck_after_loss)),
            asyncio.create_task(run_every("SOCKET_RECHECK_S", self.recheck_all)),
            asyncio.create_task(run_every("STREAM_COMMENT_S", self.registry.write_comments)),
        ]

    # --- Connections

    def register(self, connection: Connection, *, requested_at: float) -> None:
        """Register an authorized connection, so that an eviction can close it.

        Raise ConnectionRefused if the hub is closed, or if an eviction came while the connection was being authorized.
        """
        if self.closed:
            raise ConnectionRefused(Close.GOING_AWAY)
        if eviction := self.registry.eviction_of_new(connection, requested_at):
            raise ConnectionRefused(eviction.code)
        self.registry.add(connection)

    async def join_room(self, connection: Connection, access: FeedAccess, after: Position | None) -> None:
        """Send a connection its snapshot of a club's feed, and all later changes.

        Subscribe to the club before reading the snapshot, so that no change is lost in between. `after` is the last
        change that the client has. Raise ConnectionRefused if every snapshot that is read is too old, or if the club
        was deleted or restored from a backup.
        """
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
        """Put a connection into the room of its club, subscribe to the club's group, and return the room.

        The connection enters before the first await. Otherwise close_empty_rooms could close the room meanwhile.
        """
        club_id = access.club_id
        is_new = club_id not in self.rooms
        room = self.rooms.setdefault(club_id, Room(club_id, self.process_id))
        room.begin_join(connection, access.eviction_number)
        await self.subscriptions.subscribe(club_group(club_id))
        if is_new:
            await room.presence.request_reports()
        return room

    def unregister(self, connection: Connection) -> None:
        """Remove a connection from the registry and its room. Do nothing if it is not in the registry."""
        if not self.registry.remove(connection):
            return
        if connection.feed_access and (room := self.rooms.get(connection.feed_access.club_id)):
            room.leave(connection)

    def evict(self, connection: Connection, code: int) -> None:
        """Unregister a connection and close its socket."""
        self.unregister(connection)
        connection.writer.close(code)

    async def add_listener(self, group: str, listener: Listener) -> None:
        """Subscribe to a group, and call `listener` with each of its events. For sockets outside the clubs."""
        self.listeners.setdefault(group, []).append(listener)
        await self.subscriptions.subscribe(group)

    async def remove_listener(self, group: str, listener: Listener) -> None:
        """Undo `add_listener`. Unsubscribe from the group if this was its last listener."""
        if listener in self.listeners.get(group, ()):
            self.listeners[group].remove(listener)
            if not self.listeners[group]:
                del self.listeners[group]
                await self.subscriptions.unsubscribe(group)

    # --- Events of the channel layer

    def handle_event(self, event: dict[str, Any]) -> None:
        """Handle an event: call the listeners of its group, close sockets, note a ping, or pass the event to a room."""
        match event["type"]:
            case "frame" | "person.changed":
                for listener in tuple(self.listeners.get(event["group"], ())):
                    listener(event)
            case "evict":
                self.evict_target(event["target"], event["code"], event.get("evictions"))
            case "ping":
                if self.layer_monitor.receive(event):
                    self.note_lost_events()
            case "reconnected":  # from our channel layer, after it could not reach Redis
                self.note_lost_events()
            case _ if room := self.rooms.get(event.get("club", 0)):
                self.handle_club_event(room, event)

    def handle_club_event(self, room: Room, event: dict[str, Any]) -> None:
        match event["type"]:
            case "club.changes":
                room.receive(EncodedChange(*change) for change in event["changes"])
            case "club.member":
                for connection in self.registry.with_target(member_target(room.club_id, event["user"])):
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
        """Close the connections of an eviction target, except those that were authorized after the eviction.

        A connection that is being authorized now is checked against the eviction when it registers.
        """
        eviction = Eviction(time.monotonic(), target, code, number)
        self.registry.remember(eviction)
        for connection in self.registry.with_target(target):
            if eviction.is_later_than_access(connection):
                self.evict(connection, code)

    def note_lost_events(self) -> None:
        """Make up for events that may have been lost.

        All permissions are rechecked soon, screens fetch their figures, and watchers are reported again.
        `check_database` finds lost changes.
        """
        self.layer_monitor.note_possible_loss()
        for room in self.rooms.values():
            room.send_to_screens(FiguresChanged())
            room.presence.report_again()

    async def close(self) -> None:
        """Stop the hub when its process stops: refuse new connections, end the regular tasks, report zero watchers."""
        self.closed = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*(room.presence.report(NO_WATCHERS) for room in self.rooms.values()))

    # --- Regular tasks

    async def publish_watchers(self) -> None:
        """For each room, report to other processes how many watch here, and send a changed count to its connections."""
        for room in list(self.rooms.values()):
            await room.publish_watchers()

    async def check_database(self) -> None:
        """Close rooms that have been empty for a while, then compare each other room with its club's row.

        This finds changes and evictions that the channel layer lost, deleted clubs, and clubs restored from a backup.
        """
        await self.close_empty_rooms()
        if self.rooms:
            club_ids = list(self.rooms)
            states = await for_readers(club_states)(club_ids)
            for club_id in club_ids:
                if room := self.rooms.get(club_id):
                    self.check_room(room, states.get(club_id))
            await self.recheck_rooms(states)

    def check_room(self, room: Room, in_database: ClubState | None) -> None:
        """Evict all if the club was deleted (None) or restored from a backup. Otherwise backfill missing changes."""
        if in_database is None:
            self.evict_all(room, Close.NOT_THERE)
        elif room.epoch not in (None, in_database.epoch):
            room.send_last_reset(in_database.seq)
            self.evict_all(room, Close.GOING_AWAY)
            del self.rooms[room.club_id]
        else:
            room.note_seq_in_database(in_database.seq)

    def evict_all(self, room: Room, code: int) -> None:
        for connection in list(room.all_connections()):
            self.evict(connection, code)

    async def recheck_rooms(self, states: dict[int, ClubState]) -> None:
        """Recheck the permissions in rooms of clubs that count more evictions than this process has handled."""
        behind = {
            room: room.eviction_number
            for room in self.rooms.values()
            if (in_database := states.get(room.club_id))
            and room.eviction_number is not None
            and room.eviction_number < in_database.evictions
        }
        for room in behind:
            room.eviction_number = states[room.club_id].evictions
        try:
            await self.recheck([connection for room in behind for connection in room.all_connections()])
        except Exception:
            for room, eviction_number in behind.items():
                room.note_authorized_at(eviction_number)
            raise

    async def recheck_tokens(self) -> None:
        """Evict connections whose API token has been revoked or has expired.

        No announcement says that a token expires, and Redis may lose the one that says that a token was revoked.
        """
        connections = [connection for connection in self.registry.connections if connection.token_id is not None]
        if connections:
            valid = await for_readers(still_valid)(token_ids_of(connections), now=timezone.now())
            for connection in connections:
                if connection.token_id not in valid:
                    self.evict(connection, Close.NOT_SIGNED_IN)

    async def close_empty_rooms(self) -> None:
        """Close rooms that have had no connection for a while, and unsubscribe from their clubs."""
        empty = [room.club_id for room in self.rooms.values() if room.is_long_empty]
        for club_id in empty:
            del self.rooms[club_id]
        for club_id in empty:
            if club_id not in self.rooms:  # a connection may have opened it again during the previous unsubscribe
                await self.subscriptions.unsubscribe(club_group(club_id))

    async def check_layer(self) -> None:
        """Send evictions that could not be sent before, and ping this process through the channel layer.

        If pings do not come back, subscribe again, and compare the rooms with the database.
        """
        await resend_evictions()
        await self.layer_monitor.ping()
        if self.layer_monitor.must_resubscribe():
            await self.subscriptions.resubscribe()
            await self.check_database()

    async def recheck_after_loss(self) -> None:
        """Recheck the permissions of all connections if the channel layer may have lost an eviction.

        A club's row counts its evictions, so check_database finds a lost one, and recheck_tokens finds revoked tokens.
        Evictions of sessions and persons are counted nowhere, so only a recheck of all connections finds them.
        """
        losses = self.layer_monitor.check()
        if losses > self.losses_handled:
            await self.recheck_all()
            self.losses_handled = losses

    async def recheck_all(self) -> None:
        await self.recheck(list(self.registry.connections))

    async def recheck(self, connections: Collection[Connection]) -> None:
        """Evict the connections among these that have lost their permission, or have been open for too long."""
        if not connections:
            return
        valid = await for_readers(permissions_used_by(connections).still_valid)()
        for connection in connections:
            if (code := eviction_code(connection, valid)) is not None:
                self.evict(connection, code)


current: Hub | None = None
"""The hub of this process; None until the server is ready (hub/daphne.py) or the first socket opens."""


def hub() -> Hub:
    """Return the hub of this process, created at the first call. Each event loop gets its own: tests use several."""
    global current  # noqa: PLW0603 one for each process
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Hub()
    return current


async def close_hub() -> None:
    await hub().close()

"""The hub: what is announced to this process, passed on to whoever here wants to hear it.

One a process. It listens once to each club that somebody here watches, keeps everybody who is in (for the doors, and to
look again whether they still may be), and looks at the tables now and then for what was announced while Redis was away.
"""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from random import uniform
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError

from strava_live.broadcast import EVICTIONS, News, club_group, member_target, resend_evictions
from strava_live.database import for_readers
from strava_live.feed.snapshot import ClubState, club_states
from strava_live.hub.authorizer import Admitted, Authorizer, ConnectionRefused, Permissions
from strava_live.hub.connections import Connection
from strava_live.hub.echo import Echo
from strava_live.hub.group_subscriptions import GroupSubscriptions
from strava_live.hub.presence import NOBODY
from strava_live.hub.rooms import Room
from strava_live.hub.snapshots import Asked
from strava_live.protocol import Close, FiguresChanged, Position

logger = logging.getLogger(__name__)

Listener = Callable[[dict[str, Any]], None]

ROOM_STAYS_S = 30.0
"""Empty: who lost the network for a moment comes back to it."""
REMEMBERED_S = 60.0


class Eviction(NamedTuple):
    """An announced one."""

    at: float
    name: str
    code: int
    evictions: int | None
    """The club's eviction number of a removed member or a revoked screen; None for sessions and persons."""

    def concerns(self, connection: Connection) -> bool:
        """Whether a connection that goes by this name was authorized before the eviction."""
        return self.evictions is None or connection.admitted is None or connection.admitted.evictions < self.evictions


class Hub:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.process = uuid.uuid4().hex
        self.authorizer = Authorizer()
        self.subscriptions = GroupSubscriptions(self.hear)
        self.connections: set[Connection] = set()
        self.named: dict[str, list[Connection]] = {}
        self.echo = Echo(self.process)
        self.rechecked_for = 0
        """The number of the last doubt for which all permissions were rechecked."""
        self.recent_evictions: deque[Eviction] = deque()
        """Who was, lately: somebody may have been let in by a table that was read just before."""
        self.rooms: dict[int, Room] = {}
        self.listeners: dict[str, list[Listener]] = {}
        self.closed = False
        self.tasks = [
            asyncio.create_task(self.subscriptions.listen()),
            asyncio.create_task(self.begin()),
            asyncio.create_task(every("HUB_PULSE_S", self.count_watchers)),
            asyncio.create_task(every("HUB_LOOK_S", self.look)),
            asyncio.create_task(every("HUB_LOOK_S", self.subscriptions.mend)),
            asyncio.create_task(every("HUB_LOOK_S", self.ping_self)),
            asyncio.create_task(every("HUB_LOOK_S", self.recheck_if_in_doubt)),
            asyncio.create_task(every("SOCKET_RECHECK_S", self.recheck_all)),
        ]

    async def begin(self) -> None:
        await self.subscriptions.join(EVICTIONS)

    # --- Coming and going

    def register(self, connection: Connection, *, requested_at: float) -> None:
        if self.closed:
            raise ConnectionRefused(Close.GOING_AWAY)
        self.connections.add(connection)
        names = connection.names
        for name in names:
            self.named.setdefault(name, []).append(connection)
        for one in self.recent_evictions:
            if one.name in names and one.concerns(connection) and (one.evictions is not None or one.at >= requested_at):
                raise ConnectionRefused(one.code)

    async def enter_room(self, connection: Connection, admitted: Admitted, after: Position | None) -> None:
        """Heard first, then read, so that nothing falls between."""
        room = await self.open_room(connection, admitted)
        for pause in (*settings.HUB_STALE_SNAPSHOT_PAUSES_S, None):
            hello = await self.authorizer.hello(Asked(admitted.club_id, after, connection.user_id))
            if room.epoch not in (None, hello.epoch):
                raise ConnectionRefused(Close.GOING_AWAY)  # a backup was restored: the next look ends this room
            if room.admit(connection, hello):
                return
            if pause is not None:
                await asyncio.sleep(uniform(pause / 2, pause))  # noqa: S311 so that not all ask again at once
        raise ConnectionRefused(Close.TRY_LATER)

    async def open_room(self, connection: Connection, admitted: Admitted) -> Room:
        """Who comes is expected before anything is waited for, so that the room is not closed as an empty one."""
        club_id = admitted.club_id
        is_new = club_id not in self.rooms
        room = self.rooms.setdefault(club_id, Room(club_id, self.process))
        room.expect(connection, admitted.evictions)
        await self.subscriptions.join(club_group(club_id))
        if is_new:
            await room.presence.ask()
        return room

    def let_go(self, connection: Connection) -> None:
        """However often: the socket does when it ends, and the hub when it closes one."""
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        for name in connection.names:
            self.named[name].remove(connection)
            if not self.named[name]:
                del self.named[name]
        if connection.admitted and (room := self.rooms.get(connection.admitted.club_id)):
            room.leave(connection)

    def evict(self, connection: Connection, code: int) -> None:
        self.let_go(connection)
        connection.writer.close(code)

    async def listen(self, group: str, listener: Listener) -> None:
        """For sockets that are told of one person only."""
        self.listeners.setdefault(group, []).append(listener)
        await self.subscriptions.join(group)

    async def stop_listening(self, group: str, listener: Listener) -> None:
        if listener in self.listeners.get(group, ()):
            self.listeners[group].remove(listener)
            if not self.listeners[group]:
                del self.listeners[group]
                await self.subscriptions.leave(group)

    # --- What is announced

    def hear(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "frame":
                for listener in tuple(self.listeners.get(event["group"], ())):
                    listener(event)
            case "evict":
                self.evict_named(event["target"], event["code"], event.get("evictions"))
            case "ping":
                self.echo.hear(event)
            case "reconnected":
                self.echo.doubt()
            case _ if room := self.rooms.get(event.get("club", 0)):
                self.tell_room(room, event)

    def tell_room(self, room: Room, event: dict[str, Any]) -> None:
        match event["type"]:
            case "club.news":
                room.hear(News(*one) for one in event["news"])
            case "club.member":
                for connection in self.named.get(member_target(room.club_id, event["user"]), ()):
                    room.tell_alone(connection, event["frame"])
            case "club.reset":
                room.reset(event["seq"])
            case "club.figures":
                room.tell_screens(FiguresChanged())
            case "club.watchers":
                room.presence.hear(event)
            case "club.report_watchers":
                room.presence.asked()

    def evict_named(self, name: str, code: int, evictions: int | None) -> None:
        now = time.monotonic()
        eviction = Eviction(now, name, code, evictions)
        self.recent_evictions.append(eviction)
        while self.recent_evictions[0].at < now - REMEMBERED_S:
            self.recent_evictions.popleft()
        for connection in tuple(self.named.get(name, ())):
            if eviction.concerns(connection):
                self.evict(connection, code)

    async def close(self) -> None:
        """The process is being stopped: nothing is heard any more, and elsewhere nobody here is counted any longer. Who
        still comes is sent to another process."""
        self.closed = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*(room.presence.say(NOBODY) for room in self.rooms.values()))

    # --- What nobody announces

    async def count_watchers(self) -> None:
        for room in list(self.rooms.values()):
            await room.count_watchers()

    async def look(self) -> None:
        """For what was announced while the layer was away, or could not be."""
        await self.close_empty_rooms()
        if self.rooms:
            asked = list(self.rooms)
            standings = await for_readers(club_states)(asked)
            for club_id in asked:
                if room := self.rooms.get(club_id):
                    self.look_at_room(room, standings.get(club_id))
            await self.recheck_rooms(standings)

    def look_at_room(self, room: Room, stands: ClubState | None) -> None:
        if stands is None:
            self.evict_all(room, Close.NOT_THERE)
        elif room.epoch not in (None, stands.epoch):
            room.end(stands.seq)
            self.evict_all(room, Close.GOING_AWAY)
            del self.rooms[room.club_id]
        else:
            room.look_at(stands.seq)

    def evict_all(self, room: Room, code: int) -> None:
        for connection in list(room.everybody()):
            self.evict(connection, code)

    async def recheck_rooms(self, standings: dict[int, ClubState]) -> None:
        """The permissions of all connections of the clubs whose eviction number has risen."""
        risen = {
            room: room.evictions
            for room in self.rooms.values()
            if (stands := standings.get(room.club_id))
            and room.evictions is not None
            and room.evictions < stands.evictions
        }
        for room in risen:
            room.evictions = standings[room.club_id].evictions
        try:
            await self.recheck([connection for room in risen for connection in room.everybody()])
        except Exception:
            for room, evictions in risen.items():
                room.authorized_at(evictions)
            raise

    async def close_empty_rooms(self) -> None:
        long_ago = time.monotonic() - ROOM_STAYS_S
        over = [room.club_id for room in self.rooms.values() if room.empty_since and room.empty_since < long_ago]
        for club_id in over:
            del self.rooms[club_id]
        for club_id in over:
            if club_id not in self.rooms:  # opened anew while another was being left
                await self.subscriptions.leave(club_group(club_id))

    async def ping_self(self) -> None:
        await resend_evictions()
        await self.echo.ping()

    async def recheck_if_in_doubt(self) -> None:
        """While this process does not hear Redis, and once after that: evictions of sessions and persons have no number
        in a table."""
        doubts = self.echo.doubts()
        if doubts > self.rechecked_for:
            await self.recheck_all()
            self.rechecked_for = doubts

    async def recheck_all(self) -> None:
        await self.recheck(list(self.connections))

    async def recheck(self, connections: Collection[Connection]) -> None:
        """Whether these still may be here, in a few queries for all of them; and whose time is over."""
        if not connections:
            return
        now = await for_readers(permissions_used_by(connections).still)()
        for connection in connections:
            if (code := eviction_code(connection, now)) is not None:
                self.evict(connection, code)


def permissions_used_by(connections: Collection[Connection]) -> Permissions:
    admitted = [connection.admitted for connection in connections if connection.admitted]
    return Permissions(
        session_keys=frozenset(connection.session_key for connection in connections if connection.session_key),
        memberships=frozenset((one.user_id, one.club_id) for one in admitted if one.user_id is not None),
        screen_ids=frozenset(one.screen_id for one in admitted if one.screen_id is not None),
    )


def eviction_code(connection: Connection, now: Permissions) -> int | None:
    """The layers below forget a socket after a day, so none gets that old."""
    if connection.session_key and connection.session_key not in now.session_keys:
        return Close.NOT_SIGNED_IN
    if (one := connection.admitted) is not None:
        is_member = one.user_id is None or (one.user_id, one.club_id) in now.memberships
        is_screen = one.screen_id is None or one.screen_id in now.screen_ids
        if not (is_member and is_screen):
            return Close.NOT_ALLOWED
    return Close.GOING_AWAY if time.monotonic() > connection.redial_at else None


async def every(pause: str, work: Callable[[], Awaitable[None]]) -> None:
    """For ever, with a pause that is named by its setting."""
    while True:
        await asyncio.sleep(getattr(settings, pause))
        try:
            await work()
        except DatabaseError as error:
            logger.warning("the database does not answer", extra={"work": work.__name__, "reason": repr(error)})
        except Exception:
            logger.exception("the hub stumbled", extra={"work": work.__name__})


current: Hub | None = None


def hub() -> Hub:
    """This process's; made anew when its event loop is another, as it is from test to test."""
    global current  # noqa: PLW0603 a process has one
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Hub()
    return current


async def close_hub() -> None:
    await hub().close()

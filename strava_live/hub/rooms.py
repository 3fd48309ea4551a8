"""A club's connections in this process: send each its snapshot of the feed, then all later changes in order.

A connection joins in two steps. `begin_join` comes before the connection's snapshot is read: from then on, changes are
buffered. `finish_join` sends the snapshot, and the buffered changes that are not in the snapshot. Changes that the
channel layer lost are read from the database (backfill). So each connection receives every change once and in order,
except after a reset: then its client reads the feed again.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError

from strava_live import tallies
from strava_live.broadcast import EncodedChange
from strava_live.database import for_readers
from strava_live.feed.snapshot import changes_since
from strava_live.hub.client_writers import ClientWriter
from strava_live.hub.connections import Connection
from strava_live.hub.frames import Frame, pack
from strava_live.hub.presence import Presence, Watchers
from strava_live.hub.sequence_buffer import SequenceBuffer
from strava_live.hub.snapshots import SharedHello
from strava_live.protocol import FeedReset, Message, Watching, frame

logger = logging.getLogger(__name__)
EMPTY_ROOM_KEPT_S = 30.0
"""Seconds for which a room without connections is kept, for clients that lose their network for a moment."""


class Room:
    """The members and wall screens that are connected to one club's feed through this process.

    Each connection is in exactly one of `members`, `screens`, `ahead` and `joining`.
    """

    def __init__(self, club_id: int, process_id: str) -> None:
        self.club_id = club_id
        self.members: dict[Connection, ClientWriter] = {}
        self.screens: dict[Connection, ClientWriter] = {}
        self.ahead: dict[Connection, int] = {}
        """Connections whose snapshot already has changes above `sent_seq`, with the `seq` of their snapshot. They get
        only the changes above that `seq`, so no change twice."""
        self.joining: dict[Connection, list[str]] = {}
        """Connections whose snapshot is being read, with the personal messages to send after their snapshot."""
        self.buffered: list[EncodedChange] = []
        """Changes that were sent to the other connections while those in `joining` wait for their snapshot."""
        self.sequence = SequenceBuffer()
        self.sent_seq = 0
        """Number of the last change sent to all connections except the joining ones."""
        self.outbox: list[EncodedChange] = []
        """Changes that the next `flush` will send."""
        self.next_flush_at = 0.0
        """The earliest time of the next `flush`, by the event loop's clock."""
        self.flush_handle: asyncio.Handle | None = None
        """The scheduled call of `flush`; None if none is scheduled."""
        self.backfilling: asyncio.Task[None] | None = None
        """The running task of `backfill`; None if none runs."""
        self.epoch: str | None = None
        """The epoch of all numbers here; None before the first snapshot."""
        self.eviction_number: int | None = None
        """The number of the club's last eviction against which all connections here were checked. None before the first
        connection joins."""
        self.live_after = 0
        """The number above which changes are sent live. A snapshot below it would leave a gap, and is not used."""
        self.presence = Presence(club_id, process_id)
        self.empty_since: float | None = time.monotonic()
        """When the last connection left; None while there are connections."""

    # --- Joining and leaving

    def begin_join(self, connection: Connection, eviction_number: int) -> None:
        """Buffer changes for a new connection until its snapshot is read.

        `eviction_number` is the number of the club's evictions when the connection was authorized.
        """
        self.joining[connection] = []
        self.empty_since = None
        self.note_authorized_at(eviction_number)

    def note_authorized_at(self, eviction_number: int) -> None:
        """Lower the room's `eviction_number` to the given one if that is lower, or not known yet."""
        known = self.eviction_number
        self.eviction_number = eviction_number if known is None else min(known, eviction_number)

    def finish_join(self, connection: Connection, hello: SharedHello) -> bool:
        """Send a snapshot, then the buffered changes that are not in it. Do nothing if the connection has been evicted.

        Return False if the snapshot is too old: changes between it and the first buffered change are missing. The
        caller must then read a new snapshot.
        """
        if connection not in self.joining:
            return True
        if hello.seq < self.live_after:
            return False
        self.epoch = hello.epoch
        personal_messages = self.joining.pop(connection)
        if self.sequence.last is None:
            self.sent_seq = self.live_after = hello.seq
            self.enqueue(self.sequence.start_at(hello.seq))
        if hello.seq > self.sent_seq:
            self.ahead[connection] = hello.seq
            self.note_seq_in_database(hello.seq)
        else:
            self.audience_of(connection)[connection] = connection.writer
        sockets = len(self.members) + len(self.screens)
        connection.writer.write(hello.frame(self.presence.counts_for_new_connection(self.watchers, sockets=sockets)))
        missed = [text_for(connection, change) for change in self.buffered if change.seq > hello.seq]
        write_to_all({connection: connection.writer}, pack(missed + personal_messages))
        self.clear_unneeded_buffer()
        return True

    def leave(self, connection: Connection) -> None:
        """Remove a connection. Do nothing if it is not here."""
        self.audience_of(connection).pop(connection, None)
        self.ahead.pop(connection, None)
        self.joining.pop(connection, None)
        self.clear_unneeded_buffer()
        if self.empty_since is None and not any(self.all_connections()):
            self.empty_since = time.monotonic()

    @property
    def is_long_empty(self) -> bool:
        return self.empty_since is not None and time.monotonic() - self.empty_since > EMPTY_ROOM_KEPT_S

    def clear_unneeded_buffer(self) -> None:
        """Drop the buffered changes if no connection is joining."""
        if not self.joining:
            self.buffered.clear()

    def audience_of(self, connection: Connection) -> dict[Connection, ClientWriter]:
        """Return `members` or `screens`, depending on the kind of connection."""
        return self.members if connection.user_id is not None else self.screens

    def all_connections(self) -> Iterator[Connection]:
        for group in (self.members, self.screens, self.ahead, self.joining):
            yield from group

    # --- Sending

    def receive(self, changes: Iterable[EncodedChange]) -> None:
        """Send announced changes, which may arrive in any order and repeatedly. Backfill those that are missing."""
        self.enqueue(self.sequence.add(changes))
        self.backfill_if_behind()

    def note_seq_in_database(self, seq: int) -> None:
        """Backfill if the database has changes up to the number `seq` that have not arrived here."""
        self.sequence.note_exists(seq)
        self.backfill_if_behind()

    def enqueue(self, changes: list[EncodedChange]) -> None:
        """Send changes to all connections: at once, or together after a pause if others have just been sent.

        The pause is as long as the last sending took, so that one room takes at most half of the process's time.
        """
        self.outbox += changes
        if self.outbox and self.flush_handle is None:
            loop = asyncio.get_running_loop()
            self.flush_handle = loop.call_at(max(self.next_flush_at, loop.time()), self.flush)

    def flush(self) -> None:
        """Send the changes in the outbox to all connections, and buffer them for those that are joining."""
        loop = asyncio.get_running_loop()
        self.flush_handle, began = None, loop.time()
        batch, self.outbox = self.outbox, []
        if not batch:
            return
        if self.members:
            write_to_all(self.members, pack([change.members for change in batch]))
        if self.screens:
            write_to_all(self.screens, pack([change.screens for change in batch]))
        self.sent_seq = batch[-1].seq
        for connection, seq in list(self.ahead.items()):
            self.flush_ahead(connection, seq, batch)
        if self.joining:
            self.buffered += batch
        self.next_flush_at = 2 * loop.time() - began

    def flush_ahead(self, connection: Connection, seq: int, batch: list[EncodedChange]) -> None:
        """Send to a connection in `ahead` those changes of a batch that its snapshot, which goes up to `seq`, lacks.

        Once all changes up to `seq` are sent to the other connections, the connection is not ahead any more.
        """
        texts = [text_for(connection, change) for change in batch if change.seq > seq]
        write_to_all({connection: connection.writer}, pack(texts))
        if self.sent_seq >= seq:
            del self.ahead[connection]
            self.audience_of(connection)[connection] = connection.writer

    def send_to(self, connection: Connection, text: str) -> None:
        """Send a personal message to one connection; if it is joining, after its snapshot."""
        if connection in self.joining:
            self.joining[connection].append(text)
        elif connection in self.ahead or connection in self.audience_of(connection):
            connection.send(text)

    def send_to_all(self, message: Message) -> None:
        """Send a message at once to all connections except those that are joining."""
        frames = [Frame(frame([message.wire()]))]
        for audience in (self.members, self.screens, {connection: connection.writer for connection in self.ahead}):
            write_to_all(audience, frames)

    def send_to_screens(self, message: Message) -> None:
        """Send a message to all screens, except those in `joining` and `ahead`, which have just read the database."""
        write_to_all(self.screens, [Frame(frame([message.wire()]))])

    def reset(self, seq: int) -> None:
        """Make all clients read the feed again: there are too many changes to send. `seq` is the number of the last."""
        if self.sequence.last is None or seq <= self.sequence.last:
            return
        self.outbox.clear()
        self.buffered.clear()
        self.sent_seq = self.live_after = seq
        self.send_to_all(FeedReset(seq=seq))
        for connection in [connection for connection, at in self.ahead.items() if at <= seq]:
            self.flush_ahead(connection, seq, [])
        self.enqueue(self.sequence.start_at(seq))

    def send_last_reset(self, seq: int) -> None:
        """Make all clients read the feed again, because a backup was restored. The caller then closes this room.

        Connections that are joining get nothing, because their first message must be `hello`.
        """
        self.outbox.clear()
        self.send_to_all(FeedReset(seq=seq))
        if self.backfilling is not None:
            self.backfilling.cancel()

    # --- Backfill

    def backfill_if_behind(self) -> None:
        """Start a backfill if changes are missing, unless one is running."""
        if self.sequence.has_gap and self.backfilling is None:
            self.backfilling = asyncio.create_task(self.backfill())

    async def backfill(self) -> None:
        """Read missing changes from the database and send them.

        Pause first, because announcements can overtake each other: a missing one may arrive by itself.
        """
        try:
            await asyncio.sleep(settings.HUB_HOLE_PATIENCE_S)
            while self.sequence.has_gap and self.sequence.last is not None:
                tallies.add(tallies.BACKFILLS)
                seq = self.sequence.highest_known
                missed = await for_readers(changes_since)(self.club_id, self.sequence.last)
                if missed is None:
                    self.reset(seq)
                elif missed:
                    self.enqueue(self.sequence.add_from_database(missed))
                else:
                    return
        except DatabaseError:
            logger.warning("missing changes of a feed could not be read", extra={"club": self.club_id}, exc_info=True)
        finally:
            self.backfilling = None

    # --- Watchers

    def watchers(self) -> Watchers:
        """Return the members and screens that have received their snapshot here."""
        user_ids = [connection.user_id for group in (self.members, self.screens, self.ahead) for connection in group]
        return Watchers(frozenset(user_id for user_id in user_ids if user_id is not None), user_ids.count(None))

    async def publish_watchers(self) -> None:
        """Report to other processes how many watch here, and send a changed count to all connections."""
        here = self.watchers()
        await self.presence.report(here)
        if found := self.presence.changed_counts(here):
            self.send_to_all(Watching(**found))


def write_to_all(audience: dict[Connection, ClientWriter], frames: Iterable[Frame]) -> None:
    for one in frames:
        for writer in audience.values():
            writer.write(one)


def text_for(connection: Connection, change: EncodedChange) -> str:
    """Return the JSON of a change as a member or a screen gets it, depending on the kind of connection."""
    return change.members if connection.user_id is not None else change.screens

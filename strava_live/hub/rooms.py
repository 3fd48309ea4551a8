"""One club's connections in this process, and the order in which they receive its changes.

A connection joins in two steps. `begin_join` comes before its snapshot is read: from then on, changes are buffered for
it. `finish_join` sends the snapshot and the buffered changes that the snapshot lacks. Changes that the channel layer
lost are backfilled from the table. So each connection receives every number once and in order.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError

from strava_live.broadcast import News
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


class Room:
    def __init__(self, club_id: int, process: str) -> None:
        self.club_id = club_id
        self.members: dict[Connection, ClientWriter] = {}
        self.screens: dict[Connection, ClientWriter] = {}
        self.ahead: dict[Connection, int] = {}
        """Connections whose snapshot is newer than `sent_seq`, with its number. They skip changes up to there."""
        self.joining: dict[Connection, list[str]] = {}
        """Connections whose snapshot is being read, with the messages for them alone that must wait for it."""
        self.buffered: list[News] = []
        """Changes sent while any connection was joining."""
        self.sequence = SequenceBuffer()
        self.sent_seq = 0
        """Number of the last change sent. All connections have it, except those that are joining."""
        self.outbox: list[News] = []
        self.next_flush_at = 0.0
        self.flush_handle: asyncio.Handle | None = None
        self.backfilling: asyncio.Task[None] | None = None
        self.epoch: str | None = None
        """The epoch of the numbers; None before the first snapshot."""
        self.eviction_number: int | None = None
        """The club's eviction number up to which all connections here are known to be authorized."""
        self.live_after = 0
        """Changes with higher numbers are sent live. Those up to this number come in snapshots only."""
        self.presence = Presence(club_id, process)
        self.empty_since: float | None = time.monotonic()

    # --- Joining and leaving

    def begin_join(self, connection: Connection, eviction_number: int) -> None:
        """Buffer changes for a connection from now on. `eviction_number` is the club's when it was authorized."""
        self.joining[connection] = []
        self.empty_since = None
        self.note_authorized_at(eviction_number)

    def note_authorized_at(self, eviction_number: int) -> None:
        """Keep the lowest eviction number of all connections: a later eviction may concern any of them."""
        known = self.eviction_number
        self.eviction_number = eviction_number if known is None else min(known, eviction_number)

    def finish_join(self, connection: Connection, hello: SharedHello) -> bool:
        """Send the snapshot, then the buffered changes that it lacks. Do nothing if the connection has been evicted.

        Return False if the snapshot is older than the first live change. The caller must then read a new one.
        Snapshots of the same time are read one after another, so a newer one may arrive first and open the room.
        """
        if connection not in self.joining:
            return True
        if hello.seq < self.live_after:
            return False
        self.epoch = hello.epoch
        messages_for_it = self.joining.pop(connection)
        if self.sequence.last is None:
            self.sent_seq = self.live_after = hello.seq
            self.enqueue(self.sequence.start_at(hello.seq))
        if hello.seq > self.sent_seq:
            self.ahead[connection] = hello.seq
            self.note_table_seq(hello.seq)
        else:
            self.audience_of(connection)[connection] = connection.writer
        sockets = len(self.members) + len(self.screens)
        connection.writer.write(hello.frame(self.presence.counts_for_new_connection(self.watchers, sockets=sockets)))
        missed = [text_for(connection, one) for one in self.buffered if one.seq > hello.seq]
        write_to_all({connection: connection.writer}, pack(missed + messages_for_it))
        self.clear_unneeded_buffer()
        return True

    def leave(self, connection: Connection) -> None:
        self.audience_of(connection).pop(connection, None)
        self.ahead.pop(connection, None)
        self.joining.pop(connection, None)
        self.clear_unneeded_buffer()
        if self.empty_since is None and not any(self.all_connections()):
            self.empty_since = time.monotonic()

    def clear_unneeded_buffer(self) -> None:
        if not self.joining:
            self.buffered.clear()

    def audience_of(self, connection: Connection) -> dict[Connection, ClientWriter]:
        return self.members if connection.user_id is not None else self.screens

    def all_connections(self) -> Iterator[Connection]:
        for group in (self.members, self.screens, self.ahead, self.joining):
            yield from group

    # --- Sending

    def receive(self, news: Iterable[News]) -> None:
        """Take announced changes, in any order and with duplicates."""
        self.enqueue(self.sequence.add(news))
        self.backfill_if_behind()

    def note_table_seq(self, seq: int) -> None:
        """Note the club's number in the table. Backfill if changes up to there have not arrived."""
        self.sequence.note_exists(seq)
        self.backfill_if_behind()

    def enqueue(self, news: list[News]) -> None:
        """Send changes now, or as one batch after a pause if others have just been sent.

        The pause is as long as sending the previous batch took. So sending takes at most half of the process's time,
        and a change waits at most as long as sending two batches takes.
        """
        self.outbox += news
        if self.outbox and self.flush_handle is None:
            loop = asyncio.get_running_loop()
            self.flush_handle = loop.call_at(max(self.next_flush_at, loop.time()), self.flush)

    def flush(self) -> None:
        loop = asyncio.get_running_loop()
        self.flush_handle, began = None, loop.time()
        batch, self.outbox = self.outbox, []
        if not batch:
            return
        if self.members:
            write_to_all(self.members, pack([one.members for one in batch]))
        if self.screens:
            write_to_all(self.screens, pack([one.screens for one in batch]))
        self.sent_seq = batch[-1].seq
        for connection, seq in list(self.ahead.items()):
            self.flush_ahead(connection, seq, batch)
        if self.joining:
            self.buffered += batch
        self.next_flush_at = 2 * loop.time() - began

    def flush_ahead(self, connection: Connection, seq: int, batch: list[News]) -> None:
        """Send what a snapshot of number `seq` lacks. Move the connection to the others once they have reached it."""
        texts = [text_for(connection, one) for one in batch if one.seq > seq]
        write_to_all({connection: connection.writer}, pack(texts))
        if self.sent_seq >= seq:
            del self.ahead[connection]
            self.audience_of(connection)[connection] = connection.writer

    def send_to(self, connection: Connection, text: str) -> None:
        """Send a message to one connection; if it is joining, after its snapshot."""
        if connection in self.joining:
            self.joining[connection].append(text)
        elif connection in self.ahead or connection in self.audience_of(connection):
            connection.send(text)

    def send_to_all(self, message: Message) -> None:
        """Send a message at once to all connections except those that are joining."""
        frames = [Frame(wire(message))]
        for audience in (self.members, self.screens, {connection: connection.writer for connection in self.ahead}):
            write_to_all(audience, frames)

    def send_to_screens(self, message: Message) -> None:
        """Send a message that has no number. A screen that is joining reads the same from the table."""
        write_to_all(self.screens, [Frame(wire(message))])

    def reset(self, seq: int) -> None:
        """Make all clients start over from the table, which is at `seq`: there are too many changes to send each."""
        if self.sequence.last is None or seq <= self.sequence.last:
            return
        self.outbox.clear()
        self.buffered.clear()
        self.sent_seq = self.live_after = seq
        self.send_to_all(FeedReset(seq=seq))
        for connection in [connection for connection, at in self.ahead.items() if at <= seq]:
            self.flush_ahead(connection, seq, [])
        self.enqueue(self.sequence.start_at(seq))

    def end(self, seq: int) -> None:
        """Tell all clients to start over, because the table was restored from a backup and is at `seq` now.

        Send nothing to connections that are joining, because their first message must be `hello`.
        """
        self.outbox.clear()
        self.send_to_all(FeedReset(seq=seq))
        if self.backfilling is not None:
            self.backfilling.cancel()

    # --- Backfill

    def backfill_if_behind(self) -> None:
        if self.sequence.has_gap and self.backfilling is None:
            self.backfilling = asyncio.create_task(self.backfill())

    async def backfill(self) -> None:
        """Read missing changes from the table, after a pause: announcements overtake each other and may still come."""
        try:
            await asyncio.sleep(settings.HUB_HOLE_PATIENCE_S)
            while self.sequence.has_gap and self.sequence.last is not None:
                seq = self.sequence.highest_known
                missed = await for_readers(changes_since)(self.club_id, self.sequence.last)
                if missed is None:
                    self.reset(seq)
                elif missed:
                    self.enqueue(self.sequence.add_from_table(missed))
                else:
                    return
        except DatabaseError:
            logger.warning("missing changes could not be read", extra={"club": self.club_id}, exc_info=True)
        finally:
            self.backfilling = None

    # --- Who watches

    def watchers(self) -> Watchers:
        user_ids = [connection.user_id for group in (self.members, self.screens, self.ahead) for connection in group]
        return Watchers(frozenset(user_id for user_id in user_ids if user_id is not None), user_ids.count(None))

    async def publish_watchers(self) -> None:
        """Report this process's watchers, and send the counts to all connections if they have changed."""
        here = self.watchers()
        await self.presence.report(here)
        if found := self.presence.changed_counts(here):
            self.send_to_all(Watching(**found))


def write_to_all(audience: dict[Connection, ClientWriter], frames: Iterable[Frame]) -> None:
    for one in frames:
        for writer in audience.values():
            writer.write(one)


def text_for(connection: Connection, news: News) -> str:
    return news.members if connection.user_id is not None else news.screens


def wire(message: Message) -> str:
    return frame([message.wire()])

"""One club that somebody watches from this process: who is there, and telling them all at once.

Whoever comes is expected before the snapshot for them is read, and what is told meanwhile is kept; then they are told
what the snapshot has not, and from there on stand where all stand. What was announced and never came is read from the
table. So every socket is told every number once and in order, whatever the channel layer lost.
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
from strava_live.hub.frames import Frame, gathered
from strava_live.hub.presence import Presence, Watchers
from strava_live.hub.sequence_buffer import SequenceBuffer
from strava_live.hub.snapshots import Hello
from strava_live.protocol import FeedReset, Message, Watching, frame

logger = logging.getLogger(__name__)


class Room:
    def __init__(self, club_id: int, process: str) -> None:
        self.club_id = club_id
        self.members: dict[Connection, ClientWriter] = {}
        self.screens: dict[Connection, ClientWriter] = {}
        self.ahead: dict[Connection, int] = {}
        """Whose snapshot was newer than what had been told; they come to the others when these are there too."""
        self.expected: dict[Connection, list[str]] = {}
        """Whose snapshot is being read, and what was told to them alone meanwhile."""
        self.kept: list[News] = []
        """What all were told while somebody was expected."""
        self.numbers = SequenceBuffer()
        self.sent = 0
        """The number that all but those ahead have been told."""
        self.outbox: list[News] = []
        self.rest_until = 0.0
        self.going_out: asyncio.Handle | None = None
        self.mending: asyncio.Task[None] | None = None
        self.epoch: str | None = None
        """The history that its numbers belong to; None before the first snapshot."""
        self.evictions: int | None = None
        """The club's eviction number up to which all connections here are authorized."""
        self.begins_at = 0
        """Nothing up to this number is told here one by one."""
        self.presence = Presence(club_id, process)
        self.empty_since: float | None = time.monotonic()

    # --- Who is there

    def expect(self, connection: Connection, evictions: int) -> None:
        """`evictions` is the club's eviction number when the connection was authorized."""
        self.expected[connection] = []
        self.empty_since = None
        self.authorized_at(evictions)

    def authorized_at(self, evictions: int) -> None:
        """The lowest number of all connections counts: an eviction after it may concern any of them."""
        self.evictions = evictions if self.evictions is None else min(self.evictions, evictions)

    def admit(self, connection: Connection, hello: Hello) -> bool:
        """What the snapshot says, then what it could not know yet. Nothing to who was shown out meanwhile.

        False for a snapshot from before what is told here: those of one moment are read one after another, and the
        first to arrive need not be the oldest. A new one has what this one lacks."""
        if connection not in self.expected:
            return True
        if hello.seq < self.begins_at:
            return False
        self.epoch = hello.epoch
        told_alone = self.expected.pop(connection)
        if self.numbers.last is None:
            self.sent = self.begins_at = hello.seq
            self.send(self.numbers.begin_at(hello.seq))
        if hello.seq > self.sent:
            self.ahead[connection] = hello.seq
            self.look_at(hello.seq)
        else:
            self.audience_of(connection)[connection] = connection.writer
        sockets = len(self.members) + len(self.screens)
        connection.writer.write(hello.frame(self.presence.for_somebody_new(self.watchers, sockets=sockets)))
        missed = [text_for(connection, one) for one in self.kept if one.seq > hello.seq]
        to_all({connection: connection.writer}, gathered(missed + told_alone))
        self.keep_no_longer()
        return True

    def leave(self, connection: Connection) -> None:
        self.audience_of(connection).pop(connection, None)
        self.ahead.pop(connection, None)
        self.expected.pop(connection, None)
        self.keep_no_longer()
        if self.empty_since is None and not any(self.everybody()):
            self.empty_since = time.monotonic()

    def keep_no_longer(self) -> None:
        if not self.expected:
            self.kept.clear()

    def audience_of(self, connection: Connection) -> dict[Connection, ClientWriter]:
        return self.members if connection.user_id is not None else self.screens

    def everybody(self) -> Iterator[Connection]:
        for some in (self.members, self.screens, self.ahead, self.expected):
            yield from some

    # --- What they are told

    def hear(self, news: Iterable[News]) -> None:
        """From the layer or from the table, in whatever order and however often."""
        self.send(self.numbers.take(news))
        self.mend_soon()

    def look_at(self, seq: int) -> None:
        """So the table stands: what is missing by then is on its way, or lost."""
        self.numbers.know(seq)
        self.mend_soon()

    def send(self, news: list[News]) -> None:
        """At once after a silence. While there is much, a round gets what came during the one before and as long again:
        so gathering costs half of the time at most, and nobody waits longer than two rounds take."""
        self.outbox += news
        if self.outbox and self.going_out is None:
            loop = asyncio.get_running_loop()
            self.going_out = loop.call_at(max(self.rest_until, loop.time()), self.go_out)

    def go_out(self) -> None:
        loop = asyncio.get_running_loop()
        self.going_out, began = None, loop.time()
        batch, self.outbox = self.outbox, []
        if not batch:
            return
        if self.members:
            to_all(self.members, gathered([one.members for one in batch]))
        if self.screens:
            to_all(self.screens, gathered([one.screens for one in batch]))
        self.sent = batch[-1].seq
        for connection, seq in list(self.ahead.items()):
            self.follow_up(connection, seq, batch)
        if self.expected:
            self.kept += batch
        self.rest_until = 2 * loop.time() - began

    def follow_up(self, connection: Connection, seq: int, batch: list[News]) -> None:
        to_all({connection: connection.writer}, gathered([text_for(connection, one) for one in batch if one.seq > seq]))
        if self.sent >= seq:
            del self.ahead[connection]
            self.audience_of(connection)[connection] = connection.writer

    def tell_alone(self, connection: Connection, text: str) -> None:
        if connection in self.expected:
            self.expected[connection].append(text)
        elif connection in self.ahead or connection in self.audience_of(
            connection
        ):  # the others' snapshots will have it
            connection.tell(text)

    def tell_everybody(self, message: Message) -> None:
        told = [Frame(wire(message))]
        for audience in (self.members, self.screens, {connection: connection.writer for connection in self.ahead}):
            to_all(audience, told)

    def tell_screens(self, message: Message) -> None:
        """What is out of all order: whoever is still to be let in finds it in the table."""
        to_all(self.screens, [Frame(wire(message))])

    def reset(self, seq: int) -> None:
        """More has changed than anybody is told one by one."""
        if self.numbers.last is None or seq <= self.numbers.last:
            return
        self.outbox.clear()
        self.kept.clear()
        self.sent = self.begins_at = seq
        self.tell_everybody(FeedReset(seq=seq))
        for connection in [connection for connection, at in self.ahead.items() if at <= seq]:
            self.follow_up(connection, seq, [])
        self.send(self.numbers.begin_at(seq))

    def end(self, seq: int) -> None:
        """The club's table has another history, which stands at `seq`: every client has to read it from its beginning.

        Nothing goes to connections whose snapshot is being read: their first message has to be `hello`."""
        self.outbox.clear()
        self.tell_everybody(FeedReset(seq=seq))
        if self.mending is not None:
            self.mending.cancel()

    # --- What was announced and did not come

    def mend_soon(self) -> None:
        if self.numbers.behind and self.mending is None:
            self.mending = asyncio.create_task(self.mend())

    async def mend(self) -> None:
        """Announcements overtake each other, so what is missing gets a moment to come by itself."""
        try:
            await asyncio.sleep(settings.HUB_HOLE_PATIENCE_S)
            while self.numbers.behind and self.numbers.last is not None:
                seq = self.numbers.known
                missed = await for_readers(changes_since)(self.club_id, self.numbers.last)
                if missed is None:
                    self.reset(seq)
                elif missed:
                    self.send(self.numbers.take_from_table(missed))
                else:
                    return
        except DatabaseError:
            logger.warning("what is missing could not be read", extra={"club": self.club_id}, exc_info=True)
        finally:
            self.mending = None

    # --- Who watches

    def watchers(self) -> Watchers:
        there = [connection.user_id for some in (self.members, self.screens, self.ahead) for connection in some]
        return Watchers(frozenset(user_id for user_id in there if user_id is not None), there.count(None))

    async def count_watchers(self) -> None:
        """Looked at every two seconds or so rather than on every coming and going."""
        here = self.watchers()
        await self.presence.say(here)
        if found := self.presence.news(here):
            self.tell_everybody(Watching(**found))


def to_all(audience: dict[Connection, ClientWriter], frames: Iterable[Frame]) -> None:
    for one in frames:
        for writer in audience.values():
            writer.write(one)


def text_for(connection: Connection, news: News) -> str:
    return news.members if connection.user_id is not None else news.screens


def wire(message: Message) -> str:
    return frame([message.wire()])

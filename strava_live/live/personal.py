"""Base class of sockets that show one person's own data rather than a club's, such as /ws/sync/.

Other processes announce the person's changes through a group of the channel layer, which may lose announcements. So
changes are counted: the person's mark is the number of the last change. Each announcement says what the mark was before
and what it is now. If the first of these is higher than the mark that the client has, changes were lost, and the
socket first reads them from the database. It also reads the database every few seconds, because the last announcement
may have been lost.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from strava_live.accounts.models import User
from strava_live.hub.connections import Connection
from strava_live.hub.frames import Frame
from strava_live.hub.hub import hub
from strava_live.live.socket import Scope, Send, Socket

logger = logging.getLogger(__name__)
MAX_ANNOUNCEMENTS = 100
"""The most announcements that a socket's queue holds. The queue fills while the socket reads the database. A sync run
makes a few announcements a second."""


class PersonalSocket(Socket):
    """A socket that shows one person's own data. Subclasses say which data, and how to read them."""

    user: User
    mark = 0
    """The mark of the last change that the client has received."""
    last_ended = 0
    """The id of the last sync run, or sending to Bucket, whose end the client has received; 0 if none. Later ones have
    higher ids."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.announcements: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_ANNOUNCEMENTS)
        self.announcements_lost = False
        """Whether announcements were dropped because the queue was full, so that the database must be read."""
        self.changes_lock = asyncio.Lock()
        """Held while changes are read and sent. Otherwise one that is announced meanwhile would be sent twice."""

    # --- What each kind of socket defines

    @property
    def group(self) -> str:
        """The group of the channel layer through which this person's changes are announced."""
        raise NotImplementedError

    async def send_hello(self) -> None:
        """Read a snapshot from the database, send it as `hello`, and set the mark to that of the snapshot."""
        raise NotImplementedError

    async def catch_up(self) -> None:
        """Read all changes after the mark from the database, send them, and move the mark."""
        raise NotImplementedError

    async def check_database(self) -> None:
        """Send everything that has changed in the database, including what the mark does not count."""
        raise NotImplementedError

    # --- What all share

    async def authorize(self) -> Connection:
        self.user = await hub().authorizer.user(self.session_key)
        return Connection(self.writer, user_id=self.user.pk, session_key=self.session_key)

    async def begin(self, connection: Connection) -> None:
        await hub().add_listener(self.group, self.on_announcement)
        await self.send_hello()
        self.spawn(self.send_announcements())
        self.spawn(self.check_database_regularly())

    async def clean_up(self) -> None:
        await super().clean_up()
        if self.connection is not None:
            await hub().remove_listener(self.group, self.on_announcement)

    def on_announcement(self, event: dict[str, Any]) -> None:
        """Queue an announcement. The hub calls this for each one in the group."""
        try:
            self.announcements.put_nowait(event)
        except asyncio.QueueFull:
            self.announcements_lost = True

    async def send_announcements(self) -> None:
        """Send the queued announcements in order. If one reveals that changes were lost, send those changes first."""
        while True:
            event = await self.announcements.get()
            with suppress(DatabaseError):  # check_database_regularly sends the changes later
                async with self.changes_lock:
                    await self.send_announcement(event)

    async def send_announcement(self, event: dict[str, Any]) -> None:
        if self.announcements_lost:
            await self.recover()
            return
        if event.get("before", 0) > self.mark:
            await self.catch_up()
        if not self.is_out_of_date(event):
            self.writer.write(Frame(event["frame"]))
        self.mark = max(self.mark, event.get("mark", 0))

    def is_out_of_date(self, event: dict[str, Any]) -> bool:
        """Return True for an announcement about a run or sending whose end the client has received."""
        return self.has_received_end(event.get("run", 0), over=event.get("over", False))

    def has_received_end(self, run_id: int, *, over: bool) -> bool:
        """Return True if the client has received the end of this run or sending. Then no message about it may follow.

        `over` says that the message to be sent is the end. The end is then noted as received. A socket finds each end
        twice, by an announcement and in the database, and older messages may arrive after it.
        """
        if run_id and run_id <= self.last_ended:
            return True
        if over:
            self.last_ended = run_id
        return False

    async def recover(self) -> None:
        """Drop the queue after it was full and lost announcements, and send what is in the database instead."""
        while not self.announcements.empty():
            self.announcements.get_nowait()
        self.announcements_lost = False
        try:
            await self.check_database()
        except BaseException:
            self.announcements_lost = True
            raise

    async def check_database_regularly(self) -> None:
        while True:
            await asyncio.sleep(settings.SOCKET_LOOK_AGAIN_S)
            try:
                async with self.changes_lock:
                    await self.check_database()
            except DatabaseError:
                logger.warning("a socket could not read the database", exc_info=True)

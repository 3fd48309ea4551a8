"""Base of the sockets that belong to one person rather than to a club, such as /ws/sync/.

Announcements to the person's group are queued and sent in order. Each carries the person's mark, a counter of changes,
before and after it. If an announcement does not follow the mark that the client has, changes were lost, and the socket
reads them from the tables first. It also checks the tables regularly, in case the last announcement was lost.
"""

import asyncio
import logging
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
"""Announcements that a socket queues while it reads the tables. A sync run makes a few a second."""


class PersonalSocket(Socket):
    user: User
    mark = 0
    """The last change that the client has received."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.announcements: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_ANNOUNCEMENTS)
        self.announcements_lost = False
        """Whether the queue has overflowed, so that the tables must be read."""

    # --- What each kind of socket defines

    @property
    def group(self) -> str:
        """The group of the channel layer in which the person's changes are announced."""
        raise NotImplementedError

    async def send_hello(self) -> None:
        """Read a snapshot, send it as `hello`, and set the mark to the snapshot's."""
        raise NotImplementedError

    async def catch_up(self) -> None:
        """Send all changes after the mark, and move the mark."""
        raise NotImplementedError

    async def check_database(self) -> None:
        """Catch up if the table's mark is higher. Also send what has changed in state that the mark does not count."""
        raise NotImplementedError

    def is_out_of_date(self, event: dict[str, Any]) -> bool:
        """Return whether an announcement must not be sent, because the client has received something newer."""
        return False

    # --- What all share

    async def open(self) -> None:
        self.user = await hub().authorizer.user(self.session_key)
        self.register(Connection(self.writer, user_id=self.user.pk, session_key=self.session_key))
        await hub().add_listener(self.group, self.on_announcement)
        await self.send_hello()
        self.spawn(self.send_announcements())
        self.spawn(self.check_database_regularly())

    async def clean_up(self) -> None:
        await super().clean_up()
        if self.connection is not None:
            await hub().remove_listener(self.group, self.on_announcement)

    def on_announcement(self, event: dict[str, Any]) -> None:
        try:
            self.announcements.put_nowait(event)
        except asyncio.QueueFull:
            self.announcements_lost = True

    async def send_announcements(self) -> None:
        """Send queued announcements. If one does not follow the mark, first send the changes in between."""
        while True:
            event = await self.announcements.get()
            try:
                if self.announcements_lost:
                    await self.recover()
                    continue
                if event.get("before", 0) > self.mark:
                    await self.catch_up()
            except DatabaseError:
                continue  # check_database_regularly sends the changes later
            if not self.is_out_of_date(event):
                self.writer.write(Frame(event["frame"]))
            self.mark = max(self.mark, event.get("mark", 0))

    async def recover(self) -> None:
        """Drop the queue, whose announcements are older than the lost ones, and read the tables instead."""
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
                await self.check_database()
            except DatabaseError:
                logger.warning("a socket could not check the tables", exc_info=True)

"""/ws/notifications/: the socket of every page's header, with a person's notifications and counts.

An announcement only says that something has changed. The socket then reads the newest notifications, and sends what
differs from what it has sent before. So nothing is lost if an announcement is.
"""

import asyncio
import secrets
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from strava_live.broadcast import person_group
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.formats import utc_iso
from strava_live.hub.hub import hub
from strava_live.live.personal import PersonalSocket
from strava_live.live.socket import Scope, Send
from strava_live.notifications.header import HeaderContents, HeaderState, read_header
from strava_live.notifications.open_pages import HIDDEN_FOR_S, LEFT_FOR_S, SEEN_FOR_S, note_page
from strava_live.notifications.reading import mark_read
from strava_live.protocol import VERSION, Error, Message
from strava_live.protocol.notifications import (
    NEWEST_NOTIFICATIONS,
    NOTIFICATIONS_COMMANDS,
    NotificationAdded,
    NotificationChanged,
    NotificationRead,
    NotificationRemoved,
    NotificationsCommand,
    NotificationShape,
    NotificationsHello,
    PageVisible,
    UnreadCounts,
)

GATHERED_FOR_S = 0.1
"""How long a socket waits after an announcement for further ones, so that ten cheers cause one query."""
NAME_OR_ALL = Error(code=ErrorCode.BAD_MESSAGE, message="Give the id of a notification, or all.")


class NotificationsSocket(PersonalSocket):
    commands = NOTIFICATIONS_COMMANDS

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.page = secrets.token_hex(8)
        """The name under which this page is noted as open."""
        self.is_visible = True
        self.state = HeaderState()
        self.sent: dict[int, NotificationShape] = {}
        """The newest notifications as the client has them, by id, newest first."""
        self.reading = asyncio.Lock()
        """Held while the database is read and the changes are sent, so that an older reading is not sent last."""

    @property
    def group(self) -> str:
        return person_group(self.user.pk)

    async def send_hello(self) -> None:
        header = await for_readers(read_header)(self.user.pk)
        self.keep(header)
        self.send(
            NotificationsHello(
                protocol=VERSION,
                server_time=utc_iso(timezone.now()),
                unread=header.state.unread,
                messages=header.state.messages,
                notifications=header.notifications,
            )
        )
        await self.note_page(SEEN_FOR_S)

    async def on_ping(self) -> None:
        """Note that the page is still open."""
        if self.is_visible:
            await self.note_page(SEEN_FOR_S)

    async def clean_up(self) -> None:
        await super().clean_up()
        if self.connection is not None and self.is_visible:
            await self.note_page(LEFT_FOR_S)

    async def note_page(self, seconds: float) -> None:
        await asyncio.to_thread(note_page, self.user.pk, self.page, seconds)

    async def send_announcements(self) -> None:
        """Send what has changed after each announcement, or after several that arrive together."""
        while True:
            await self.announcements.get()
            await asyncio.sleep(GATHERED_FOR_S)
            while not self.announcements.empty():
                self.announcements.get_nowait()
            try:
                await self.catch_up()
            except DatabaseError:
                continue  # check_database_regularly sends the changes later

    async def check_database(self) -> None:
        """Send what has changed, if anything has. All sockets that check at the same time share one query."""
        if await hub().header_states.ask(self.user.pk) != self.state:
            await self.catch_up()

    async def catch_up(self) -> None:
        async with self.reading:
            header = await for_readers(read_header)(self.user.pk)
            messages = self.changes(header)
            self.keep(header)
            if messages:
                self.send(*messages)

    def changes(self, header: HeaderContents) -> list[Message]:
        """Return the messages that bring the client from what it has to `header`."""
        now = {one["id"]: one for one in header.notifications}
        messages: list[Message] = [
            NotificationRemoved(id=gone) for gone, one in self.sent.items() if gone not in now and is_gone(one, header)
        ]
        for one in reversed(header.notifications):
            if one["id"] not in self.sent:
                messages.append(NotificationAdded(notification=one))
            elif one != self.sent[one["id"]]:
                messages.append(NotificationChanged(notification=one))
        if header.state[:2] != self.state[:2]:
            messages.append(UnreadCounts(unread=header.state.unread, messages=header.state.messages))
        return messages

    def keep(self, header: HeaderContents) -> None:
        self.state, self.sent = header.state, {one["id"]: one for one in header.notifications}

    async def handle(self, command: NotificationsCommand) -> None:
        match command:
            case NotificationRead():
                await self.read(command)
            case PageVisible():
                self.is_visible = command.visible
                await self.note_page(SEEN_FOR_S if command.visible else HIDDEN_FOR_S)

    async def read(self, command: NotificationRead) -> None:
        if command.id is None and not command.all:
            self.refuse(command, NAME_OR_ALL)
            return
        ids = None if command.all else [command.id or 0]
        key = f"notifications.{self.user.pk}"
        await self.write([key], partial(mark_read, self.user.pk, ids=ids, all_of_them=command.all))
        await self.catch_up()


def is_gone(one: NotificationShape, header: HeaderContents) -> bool:
    """Return True if a notification was deleted. Return False if newer ones have only pushed it out of the list."""
    newest = header.notifications
    return len(newest) < NEWEST_NOTIFICATIONS or one["at"] > newest[-1]["at"]

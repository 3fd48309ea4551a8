"""/ws/sync/: an athlete's own Strava, live. The socket starts, stops and shows runs; the process carries them out."""

import asyncio
import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from strava_live.accounts.models import User
from strava_live.broadcast import athlete_group
from strava_live.clubs.locks import write_keys_of
from strava_live.database import for_readers
from strava_live.hub.connections import Connection
from strava_live.hub.frames import Frame
from strava_live.hub.hub import hub
from strava_live.live.socket import Scope, Send, Socket
from strava_live.protocol import (
    INVALID_NUMBER,
    SYNC_COMMANDS,
    ActivitiesFound,
    ActivitySave,
    ActivityUnsave,
    BadDates,
    Error,
    Json,
    SyncCancel,
    SyncCommand,
    SyncProgress,
    SyncStart,
)
from strava_live.sync.decisions import UnknownActivity, save_activity, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.run_messages import ending_message
from strava_live.sync.runs import CannotStart
from strava_live.sync.snapshot import hello_for, run_and_mark
from strava_live.sync.start_and_stop import start_sync, stop_sync
from strava_live.sync.watching import note_watched
from strava_live.write_queue import athlete_key

logger = logging.getLogger(__name__)
MAX_ANNOUNCEMENTS = 100
"""Announcements that a socket queues while it reads the tables. A run makes a few a second."""


class SyncSocket(Socket):
    commands = SYNC_COMMANDS
    user: User
    mark = 0
    """The last change that the client has received."""
    run_in_table: Json | None = None
    """The run as last read from the table."""
    ended_run = 0
    """Id of the last run whose end the client has received. Later runs of the athlete have greater ids."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.announcements: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_ANNOUNCEMENTS)
        self.announcements_lost = False
        """Whether the queue has overflowed, so that the tables must be read."""

    async def open(self) -> None:
        self.user = await hub().authorizer.user(self.session_key)
        self.register(Connection(self.writer, user_id=self.user.pk, session_key=self.session_key))
        await hub().listen(athlete_group(self.user.pk), self.on_announcement)
        await self.send_hello()
        self.spawn(self.send_announcements())
        self.spawn(self.check_tables_regularly())

    async def send_hello(self) -> None:
        hello = await for_readers(hello_for)(self.user.pk, None if self.after == INVALID_NUMBER else self.after)
        self.mark, self.run_in_table = hello.mark, hello.run
        if hello.run is not None and hello.run["state"] not in SyncRun.LIVE:
            self.ended_run = hello.run["id"]
        self.send(hello)
        await note_watched(self.user.pk)

    async def clean_up(self) -> None:
        await super().clean_up()
        if self.connection is not None:
            await hub().stop_listening(athlete_group(self.user.pk), self.on_announcement)

    async def on_ping(self) -> None:
        await note_watched(self.user.pk)

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
                continue  # check_tables_regularly sends the changes later
            if not self.is_out_of_date(event.get("run", 0), over=event.get("over", False)):
                self.writer.write(Frame(event["frame"]))
            self.mark = max(self.mark, event.get("mark", 0))

    async def recover(self) -> None:
        """Drop the queue, whose announcements are older than the lost ones, and read the tables instead."""
        while not self.announcements.empty():
            self.announcements.get_nowait()
        self.announcements_lost = False
        try:
            await self.check_tables()
        except BaseException:
            self.announcements_lost = True
            raise

    async def check_tables_regularly(self) -> None:
        """Find changes whose announcement was lost and not followed by another."""
        while True:
            await asyncio.sleep(settings.SOCKET_LOOK_AGAIN_S)
            try:
                await self.check_tables()
            except DatabaseError:
                logger.warning("a socket could not check the tables", exc_info=True)

    async def check_tables(self) -> None:
        """Send the changes after the mark, and the run if it has changed since it was last read."""
        run, mark = await for_readers(run_and_mark)(self.user.pk)
        if mark > self.mark:
            await self.catch_up()
        if run is None or run.wire() == self.run_in_table:
            return
        self.run_in_table, over = run.wire(), run.state not in SyncRun.LIVE
        if not self.is_out_of_date(run.pk, over=over):
            self.send(ending_message(run) if over else SyncProgress(run=self.run_in_table))

    async def catch_up(self) -> None:
        """Send all changes after the mark."""
        complete = False
        while not complete:
            missed = await for_readers(hello_for)(self.user.pk, self.mark)
            self.mark, complete = missed.mark, missed.complete
            if missed.items:
                run_id = missed.run["id"] if missed.run else 0
                self.send(ActivitiesFound(run_id=run_id, items=missed.items, mark=missed.mark))

    def is_out_of_date(self, run_id: int, *, over: bool) -> bool:
        """Return True if the client has already received the end of the run.

        `over` says that this message is the end, which is noted here. The end may come by announcement and from the
        table, and older messages may follow it either way.
        """
        if run_id and run_id <= self.ended_run:
            return True
        if over:
            self.ended_run = run_id
        return False

    async def handle(self, command: SyncCommand) -> None:
        match command:
            case SyncStart():
                await self.start(command)
            case SyncCancel():
                await self.cancel()
            case ActivitySave() | ActivityUnsave():
                await self.save_or_unsave(command)

    async def start(self, command: SyncStart) -> None:
        write = partial(self.write, [athlete_key(self.user.pk)])
        try:
            await start_sync(self.user, since=command.since, until=command.until, write=write)
        except (BadDates, CannotStart) as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
            if error.code == "already_running":
                await self.send_run()

    async def send_run(self) -> None:
        run = await for_readers(SyncRun.objects.latest)(self.user.pk)
        if run is not None:
            self.send(SyncProgress(run=run.wire()))

    async def cancel(self) -> None:
        write = partial(self.write, await for_readers(write_keys_of)(self.user.pk))
        if await stop_sync(self.user.pk, write=write) is None:
            await self.send_run()

    async def save_or_unsave(self, command: ActivitySave | ActivityUnsave) -> None:
        verb = save_activity if isinstance(command, ActivitySave) else unsave_activity
        try:
            keys = await for_readers(write_keys_of)(self.user.pk)
            await self.write(keys, verb, self.user.pk, command.strava_id)
        except UnknownActivity:
            self.refuse(command, Error(code="unknown_activity", message="That activity is not among yours."))

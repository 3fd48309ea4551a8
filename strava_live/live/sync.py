"""/ws/sync/: an athlete's own Strava, live. The socket asks and watches; the run belongs to the process."""

import asyncio
import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from strava_live.accounts.models import User
from strava_live.broadcast import announce, athlete_group
from strava_live.clubs.write_keys import write_keys_of
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
    SyncWaiting,
)
from strava_live.sync.changes import announce_changes
from strava_live.sync.choose import UnknownActivity, save_activity, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.run_messages import ended
from strava_live.sync.runner import runner
from strava_live.sync.runs import CannotStart, StillStopping, cancel_run, is_busy, start_run, stopped
from strava_live.sync.snapshot import hello_for, standing
from strava_live.sync.watching import note_watched
from strava_live.write_queue import athlete_key

logger = logging.getLogger(__name__)
MOST_ANNOUNCED = 100
"""Announcements that a socket keeps while it reads the tables. A run makes a few a second."""


class SyncSocket(Socket):
    commands = SYNC_COMMANDS
    user: User
    mark = 0
    """The last change that this socket has been told."""
    run: Json | None = None
    """The run as it was told last by `hello` or by looking again."""
    ended_run = 0
    """The last run whose end this socket has been told. Its id: a later run of the athlete has a greater one."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.announced: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MOST_ANNOUNCED)
        self.has_lost = False
        """Whether announcements did not fit into the queue, so that the tables have to be read."""

    async def enter(self) -> None:
        self.user = await hub().authorizer.user(self.session_key)
        self.register(Connection(self.writer, user_id=self.user.pk, session_key=self.session_key))
        await hub().listen(athlete_group(self.user.pk), self.hear_announced)
        hello = await for_readers(hello_for)(self.user.pk, None if self.after == INVALID_NUMBER else self.after)
        self.mark, self.run = hello.mark, hello.run
        if hello.run is not None and hello.run["state"] not in SyncRun.LIVE:
            self.ended_run = hello.run["id"]
        self.tell(hello)
        await note_watched(self.user.pk)
        self.go_with_me(self.pass_on())
        self.go_with_me(self.look_again())

    async def leave(self) -> None:
        await super().leave()
        if self.connection is not None:
            await hub().stop_listening(athlete_group(self.user.pk), self.hear_announced)

    async def pinged(self) -> None:
        await note_watched(self.user.pk)

    def hear_announced(self, event: dict[str, Any]) -> None:
        try:
            self.announced.put_nowait(event)
        except asyncio.QueueFull:
            self.has_lost = True

    async def pass_on(self) -> None:
        """The layer may have lost what came before: then that is told first, from the table."""
        while True:
            event = await self.announced.get()
            try:
                if self.has_lost:
                    await self.recover()
                    continue
                if event.get("before", 0) > self.mark:
                    await self.catch_up()
            except DatabaseError:
                continue  # told when the socket looks again
            if not self.is_out_of_date(event.get("run", 0), over=event.get("over", False)):
                self.writer.write(Frame(event["frame"]))
            self.mark = max(self.mark, event.get("mark", 0))

    async def recover(self) -> None:
        """Drop what is queued, which is older than what was lost, and read the tables instead."""
        while not self.announced.empty():
            self.announced.get_nowait()
        self.has_lost = False
        try:
            await self.look()
        except BaseException:
            self.has_lost = True
            raise

    async def look_again(self) -> None:
        """For what was announced while the layer was away, and nothing followed."""
        while True:
            await asyncio.sleep(settings.SOCKET_LOOK_AGAIN_S)
            try:
                await self.look()
            except DatabaseError:
                logger.warning("a socket could not look again", exc_info=True)

    async def look(self) -> None:
        run, mark = await for_readers(standing)(self.user.pk)
        if mark > self.mark:
            await self.catch_up()
        if run is None or run.wire() == self.run:
            return
        self.run, over = run.wire(), run.state not in SyncRun.LIVE
        if not self.is_out_of_date(run.pk, over=over):
            self.tell(ended(run) if over else SyncProgress(run=self.run))

    def is_out_of_date(self, run_id: int, *, over: bool) -> bool:
        """Return True if this socket has been told the end of the run already. `over`: this is the end.

        An end comes by announcement and from the table, and both may carry something older after it.
        """
        if run_id and run_id <= self.ended_run:
            return True
        if over:
            self.ended_run = run_id
        return False

    async def catch_up(self) -> None:
        complete = False
        while not complete:
            missed = await for_readers(hello_for)(self.user.pk, self.mark)
            self.mark, complete = missed.mark, missed.complete
            if missed.items:
                run_id = missed.run["id"] if missed.run else 0
                self.tell(ActivitiesFound(run_id=run_id, items=missed.items, mark=missed.mark))

    async def obey(self, command: SyncCommand) -> None:
        match command:
            case SyncStart():
                await self.start(command)
            case SyncCancel():
                await self.cancel()
            case ActivitySave() | ActivityUnsave():
                await self.choose(command)

    async def start(self, command: SyncStart) -> None:
        try:
            run = await self.begun(command)
        except BadDates as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
        except CannotStart as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
            if error.code == "already_running":
                await self.show_run()
        else:
            await note_watched(self.user.pk)
            if not await runner().follow(run.pk) and await for_readers(is_busy)(run.pk):
                waiting = SyncWaiting(run=run.wire(), until=None, reason=str(SyncRun.Wait.BUSY))
                await announce(athlete_group(self.user.pk), [waiting])

    async def begun(self, command: SyncStart) -> SyncRun:
        begin = partial(start_run, self.user, since=command.since, until=command.until)
        try:
            return await self.write([athlete_key(self.user.pk)], begin)
        except StillStopping:
            await stopped(self.user.pk)
        return await self.write([athlete_key(self.user.pk)], begin)

    async def show_run(self) -> None:
        run = await for_readers(SyncRun.objects.latest)(self.user.pk)
        if run is not None:
            self.tell(SyncProgress(run=run.wire()))

    async def cancel(self) -> None:
        run = await self.write(await for_readers(write_keys_of)(self.user.pk), cancel_run, self.user.pk)
        if run is None:
            await self.show_run()
            return
        runner().stop(run.pk)

    async def choose(self, command: ActivitySave | ActivityUnsave) -> None:
        verb = save_activity if isinstance(command, ActivitySave) else unsave_activity
        try:
            keys = await for_readers(write_keys_of)(self.user.pk)
            changes = await self.write(keys, verb, self.user.pk, command.strava_id)
        except UnknownActivity:
            self.refuse(command, Error(code="unknown_activity", message="That activity is not among yours."))
        else:
            await announce_changes(self.user.pk, changes)

"""/ws/sync/: the socket that shows an athlete their own sync runs and activities as they arrive from Strava.

The socket starts, stops and shows runs. Background work executes the runs, so they continue if the socket closes.
"""

from functools import partial

from strava_live.broadcast import athlete_group
from strava_live.clubs.locks import write_keys_of
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.live.personal import PersonalSocket
from strava_live.protocol import (
    INVALID_NUMBER,
    SYNC_COMMANDS,
    AccessRevoked,
    ActivitiesFound,
    ActivitiesRemoved,
    ActivitySave,
    ActivityUnsave,
    BadDates,
    Error,
    Message,
    RunShape,
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


class SyncSocket(PersonalSocket):
    commands = SYNC_COMMANDS
    run_in_table: RunShape | None = None
    """The latest run that the athlete has started, as last read from the database; None if there was none."""

    @property
    def group(self) -> str:
        return athlete_group(self.user.pk)

    async def send_hello(self) -> None:
        hello = await for_readers(hello_for)(self.user.pk, None if self.after == INVALID_NUMBER else self.after)
        self.mark, self.run_in_table = hello.mark, hello.run
        if hello.run is not None and hello.run["state"] not in SyncRun.LIVE:
            self.last_ended = hello.run["id"]
        self.send(hello)
        await note_watched(self.user.pk)

    async def on_ping(self) -> None:
        """Note that the athlete's page is still open, so that their import's first calls to Strava have priority."""
        await note_watched(self.user.pk)

    async def check_database(self) -> None:
        """Send the changes after the mark, and the latest run if it has changed since it was last read."""
        run, mark = await for_readers(run_and_mark)(self.user.pk)
        if mark > self.mark:
            await self.catch_up()
        if run is None and self.run_in_table is not None:  # runs are deleted when access at Strava is revoked
            self.run_in_table = None
            self.send(AccessRevoked())
        if run is None or run.wire() == self.run_in_table:
            return
        self.run_in_table, over = run.wire(), run.state not in SyncRun.LIVE
        if not self.has_received_end(run.pk, over=over):
            self.send(ending_message(run) if over else SyncProgress(run=self.run_in_table))

    async def catch_up(self) -> None:
        complete = False
        while not complete and not self.writer.closed_by_server:
            missed = await for_readers(hello_for)(self.user.pk, self.mark)
            self.mark, complete = missed.mark, missed.complete
            messages: list[Message] = []
            if missed.removed:
                messages.append(ActivitiesRemoved(strava_ids=missed.removed, mark=missed.mark))
            if missed.items:
                run_id = missed.run["id"] if missed.run else 0
                messages.append(ActivitiesFound(run_id=run_id, items=missed.items, mark=missed.mark))
            if messages:
                self.send(*messages)

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
            if error.code == ErrorCode.ALREADY_RUNNING:
                await self.send_run()

    async def send_run(self) -> None:
        """Send the athlete's latest run as it is in the database."""
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
            self.refuse(command, Error(code=ErrorCode.UNKNOWN_ACTIVITY, message="That activity is not among yours."))

"""All background work of a process: its sync runs, its regular jobs, and the bell, which says that there is work.

A process that takes up work finds it in tables, and does all jobs. `manage.py worker` takes up work. Web processes do
so if WORK_IN_WEB is set. Otherwise they execute the imports that were started in them and runs about Strava's events,
and do the jobs that concern each process.
"""

import asyncio
import logging
from contextlib import suppress

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from strava_live.accounts.revocations import REVOCATIONS_AT_ONCE, revoke_due
from strava_live.accounts.sessions import purge_sessions
from strava_live.accounts.token_source import finish_refreshes
from strava_live.api_tokens.tokens import purge_ended_tokens
from strava_live.bucket.following import purge_sendings, start_following_sendings
from strava_live.bucket.forgetting import forget_left_copies
from strava_live.bucket.revocations import revoke_bucket_due
from strava_live.bucket.sender import Sender
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.clubs.keys import purge_ended_keys
from strava_live.database import on_database
from strava_live.idempotency.keys import purge_answered_forms
from strava_live.notifications.forgetting import delete_old_notifications
from strava_live.notifications.push_sending import PushSender
from strava_live.notifications.subscriptions import purge_pushes, purge_subscriptions
from strava_live.parkrun.simulation import read_simulated_saturdays
from strava_live.status.models import WorkingProcess
from strava_live.status.processes import ThisProcess, purge_processes, remove_row, renew_row
from strava_live.status.samples import purge_samples, take_sample
from strava_live.sync.event_runs import handle_leftover_events
from strava_live.sync.forgetting import purge_revoked
from strava_live.sync.purge import purge_drafts, purge_events, purge_found_activities, purge_removals, purge_runs
from strava_live.sync.routine import start_routine_syncs
from strava_live.sync.runner import Runner, runner
from strava_live.webhook.subscription import check_subscription
from strava_live.worker.bell import Bell
from strava_live.worker.jobs import Job, Jobs

logger = logging.getLogger(__name__)
FINISH_REFRESHES_S = 20.0
"""How long an ending process waits for token refreshes, in seconds. Hosts kill it 30 seconds after SIGTERM."""
JOBS = (
    Job("leftover events", handle_leftover_events, "WORK_INTERVAL_S", hears_bell=True),
    Job("revocations", revoke_due, "WORK_INTERVAL_S", hears_bell=True, at_once=REVOCATIONS_AT_ONCE),
    Job("Bucket revocations", revoke_bucket_due, "WORK_INTERVAL_S", hears_bell=True, at_once=REVOCATIONS_AT_ONCE),
    Job("routine syncs", start_routine_syncs, "WORK_INTERVAL_S"),
    Job("following sendings", start_following_sendings, "WORK_INTERVAL_S"),
    Job("copies without Strava", forget_left_copies, "WORK_INTERVAL_S"),
    Job("webhook subscription", check_subscription, "SUBSCRIPTION_INTERVAL_S", begins_with_pause=True),
    Job("budget sample", take_sample, "SAMPLE_INTERVAL_S"),
    Job("revoked connections", purge_revoked, "WORK_INTERVAL_S"),
    Job("found activities", purge_found_activities, "PURGE_INTERVAL_S"),
    Job("handled events", purge_events, "PURGE_INTERVAL_S"),
    Job("ended runs", purge_runs, "PURGE_INTERVAL_S"),
    Job("ended sendings", purge_sendings, "PURGE_INTERVAL_S"),
    Job("pasted results", purge_drafts, "PURGE_INTERVAL_S"),
    Job("removals", purge_removals, "PURGE_INTERVAL_S"),
    Job("answered forms", purge_answered_forms, "PURGE_INTERVAL_S"),
    Job("expired sessions", purge_sessions, "PURGE_INTERVAL_S"),
    Job("ended invitations and screens", purge_ended_keys, "PURGE_INTERVAL_S"),
    Job("ended API tokens", purge_ended_tokens, "PURGE_INTERVAL_S"),
    Job("unused push subscriptions", purge_subscriptions, "PURGE_INTERVAL_S"),
    Job("sent pushes", purge_pushes, "PURGE_INTERVAL_S"),
    Job("old notifications", delete_old_notifications, "PURGE_INTERVAL_S"),
    Job("old budget samples", purge_samples, "PURGE_INTERVAL_S"),
    Job("rows of ended processes", purge_processes, "PURGE_INTERVAL_S"),
)
"""The jobs of each process that takes up work. Other processes do none of them."""


async def run_background_work(
    *, take_up: bool, kind: WorkingProcess.ProcessKind = WorkingProcess.ProcessKind.WEB
) -> None:
    """Work until cancelled. With `take_up`, also execute sendings and imports started elsewhere, send notifications to
    devices, and do the JOBS."""
    await BackgroundWork(runner(), take_up=take_up, kind=kind).run()


class BackgroundWork:
    def __init__(self, runner: Runner, *, take_up: bool, kind: WorkingProcess.ProcessKind) -> None:
        self.runner = runner
        self.take_up = take_up
        self.process = ThisProcess(runner.lease.owner, kind, takes_up=take_up, started_at=timezone.now())
        jobs = [Job("row of this process", self.renew_row, "PROCESS_SEEN_EVERY_S"), *(JOBS if take_up else ())]
        if settings.OCCASION_URL:  # for every process, because each judges the activities that it reads
            jobs.append(Job("simulated Saturday", read_simulated_saturdays, "OCCASION_INTERVAL_S"))
        self.jobs = Jobs(jobs)
        self.sender = Sender()
        self.push_sender = PushSender()

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as working:
                working.create_task(self.runner.serve(take_up=self.take_up))
                working.create_task(self.jobs.repeat_all())
                if self.take_up:
                    working.create_task(self.sender.serve())
                    working.create_task(self.push_sender.serve())
                    working.create_task(Bell(self.look_for_work).listen())
        finally:
            await finish_even_if_cancelled(self.finish())

    def look_for_work(self) -> None:
        """Look for runs, sendings, pushes and the work of jobs now, because the bell rings."""
        self.runner.look_now()
        self.sender.look_now()
        self.push_sender.look_now()
        self.jobs.ring()

    async def renew_row(self) -> None:
        """Renew the row of this process. If cancelled, finish writing first: `finish` then removes the row for good."""
        await finish_even_if_cancelled(self.write_row())

    async def write_row(self) -> None:
        await on_database(renew_row)(self.process, self.jobs.successes())

    async def finish(self) -> None:
        """Finish the token refreshes that are under way, and remove the row of this process."""
        await finish_refreshes(FINISH_REFRESHES_S)
        with suppress(DatabaseFailure):  # then the row is deleted after a day
            await on_database(remove_row)(self.process)

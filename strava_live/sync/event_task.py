"""Handle Strava's events about one athlete: ask Strava what has really happened, and store it.

Nothing is destroyed because an event says so. An activity is removed only after Strava has answered 404 for it, and an
athlete's access is revoked only after Strava has refused their tokens.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import TokensUnreadable, token_source_for
from strava_live.activities.athlete_state import AthleteErased
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import is_temporary, on_database
from strava_live.strava.errors import RateLimited, ReconnectNeeded, ScopeMissing, StravaDown, StravaError
from strava_live.sync.event_look import Look, look_at
from strava_live.sync.event_pace import APART_S, note_look, pause_before_look
from strava_live.sync.failures import UnexpectedFailure
from strava_live.sync.forgetting import announce_revoked, record_revocation
from strava_live.sync.handled_events import HandledEvents
from strava_live.sync.hidden import hide_unchecked
from strava_live.sync.models import SyncRun
from strava_live.sync.run_execution import RunExecution
from strava_live.sync.runs import LeaseLost
from strava_live.sync.store import store_and_announce
from strava_live.sync.waiting_events import (
    confirmed_deletions,
    due_events,
    end_if_nothing_is_due,
    has_event_about_access,
    place_of,
    postpone_until,
    settle_due,
    settle_these,
)
from strava_live.webhook.models import StravaEvent

LISTS_BEFORE_ASKING = 2
"""How many lists of the newest activities are searched for an activity before a call asks for this activity only. An
earlier call would usually be wasted: in a burst of events, most activities that are missing in the list were deleted,
and the event about the deletion is still to come."""
T = TypeVar("T")
Outcome = StravaEvent.Outcome


class EventTask(RunExecution):
    """The execution of a run about events: handle the athlete's due events until none is left."""

    run_ended = False
    """Whether the transaction that stored the last look has also ended the run."""

    async def read(self) -> None:
        while True:
            await self.pace()
            if events := await self.in_table(due_events):
                await self.handle(events)
            if self.run_ended or await self.in_table(end_if_nothing_is_due):
                return

    async def pace(self) -> None:
        """Wait until the pace allows the next look. A look because of an event about access is urgent."""
        while pause := pause_before_look(self.run.athlete_id):
            if await self.in_table(has_event_about_access):
                await asyncio.sleep(pause_before_look(self.run.athlete_id, is_urgent=True))
                return
            await asyncio.sleep(min(pause, APART_S))

    async def in_table(self, work: Callable[..., T], *args: Any) -> T:
        """Call `work` with the run, its lease and `args` in a database thread. Retry while the database is busy."""
        return await self.with_retries(on_database(work), *args, worth_retrying=is_temporary)

    async def finish(self) -> None:
        """Do nothing: `read` has ended the run, in the statement that found no more due events."""

    async def handle(self, events: list[StravaEvent]) -> None:
        about_access = [event for event in events if event.about == StravaEvent.Subject.ATHLETE]
        if about_access and not await self.has_access(about_access):
            return
        by_activity = defaultdict[int, list[StravaEvent]](list)
        for event in events:
            if event.about == StravaEvent.Subject.ACTIVITY:
                by_activity[event.object_id].append(event)
        if by_activity:
            await self.handle_activities(by_activity)

    async def has_access(self, events: list[StravaEvent]) -> bool:
        """Try the athlete's tokens at Strava, and store the outcome of the events. Return True if the tokens work."""
        note_look(self.run.athlete_id)
        try:
            async with token_source_for(self.run.strava_id) as tokens:
                await strava().athlete(tokens)
        except TokensUnreadable:
            raise
        except RateLimited as error:
            # If these events stayed due, the athlete's next event of any kind would let the run go on at once
            # (look_after_waiting_runs).
            await self.in_table(postpone_until, [event.pk for event in events], error.until)
            raise
        except ReconnectNeeded:
            await finish_even_if_cancelled(self.revoke())
            return False
        await self.in_table(settle_these, [event.pk for event in events], Outcome.STILL_CONNECTED)
        return True

    async def revoke(self) -> None:
        if await self.in_table(record_revocation):
            await announce_revoked(self.run.athlete_id)

    async def handle_activities(self, by_activity: dict[int, list[StravaEvent]]) -> None:
        listed = [strava_id for strava_id, events in by_activity.items() if is_probably_listed(events)]
        others = [strava_id for strava_id in by_activity if strava_id not in listed]
        look = await look_at(self.run.strava_id, listed, others)
        note_look(self.run.athlete_id)
        if look.activities or look.gone or look.missing or look.unclear:
            await finish_even_if_cancelled(self.store(look, by_activity))
        if look.error is not None:
            raise look.error

    async def store(self, look: Look, by_activity: dict[int, list[StravaEvent]]) -> None:
        """Store in one transaction what Strava has answered, and the outcome of each event. Then announce it."""
        unseen = look.gone | look.missing
        confirmed = await self.in_table(confirmed_deletions, unseen) if unseen else {}
        handled, place = handled_by(look, by_activity, confirmed), place_of(self.run, more_calls=look.calls)
        activities = list(look.activities.values())
        stored = self.with_retries(store_and_announce, activities, place, handled, worth_retrying=is_temporary)
        self.run_ended = await stored

    async def end_or_pause(self, outcome: BaseException | None) -> None:
        if isinstance(outcome, Exception) and not isinstance(outcome, LeaseLost | AthleteErased):
            await on_database(hide_unchecked)(self.run.athlete_id)
        match outcome:
            case TokensUnreadable():  # the operator may put the right key back
                await self.back_off(outcome)
            case ReconnectNeeded() | ScopeMissing():  # connecting again reads everything anyway
                await self.write(settle_due, outcome=Outcome.NOT_CONNECTED)
                await self.end(SyncRun.RunState.FAILED, outcome)
            case RateLimited() | StravaDown():
                await super().end_or_pause(outcome)
            case StravaError():
                await self.back_off(outcome)
            case _:
                await super().end_or_pause(outcome)

    async def give_up(self, error: StravaError) -> None:
        """After an unexpected error of this site, give up the due events and end the run. Otherwise try again later."""
        if isinstance(error, UnexpectedFailure):
            await self.write(settle_due, outcome=Outcome.FAILED)
            await self.end(SyncRun.RunState.FAILED, error)
            return
        until = timezone.now() + timedelta(seconds=settings.SYNC_LONGEST_PAUSE_S)
        await self.pause(until, SyncRun.Wait.STRAVA_DOWN, setbacks=self.run.setbacks)


def is_probably_listed(events: list[StravaEvent]) -> bool:
    """Return True if the activity of these events is probably among the athlete's newest activities.

    Return False if the last event says that the activity was deleted, or if LISTS_BEFORE_ASKING attempts have failed.
    """
    last = max(events, key=lambda event: event.event_time)
    tries = max(event.tries for event in events)  # Strava must be asked about it alone before any is given up
    return last.aspect != StravaEvent.Aspect.DELETE and tries < LISTS_BEFORE_ASKING


def handled_by(
    look: Look, by_activity: dict[int, list[StravaEvent]], confirmed: Mapping[int, datetime]
) -> HandledEvents:
    """Return what Strava's answers mean for the events about each activity.

    `confirmed` is what `confirmed_deletions` has returned.
    """
    handled = HandledEvents(is_whole_look=look.error is None)
    for strava_id, events in by_activity.items():
        if strava_id in look.activities:
            handled.settle(Outcome.STORED, events)
        elif strava_id in look.unclear:
            handled.postpone(events, give_up=Outcome.FAILED)
            if any(event.says_hidden for event in events):
                handled.hidden.add(strava_id)
        elif strava_id in look.gone:
            handle_gone(handled, strava_id, events, confirmed.get(strava_id))
        elif strava_id in look.missing:
            handle_missing(handled, events, confirmed.get(strava_id))
    return handled


def handle_missing(handled: HandledEvents, events: list[StravaEvent], confirmed_at: datetime | None) -> None:
    """Decide about the events of an activity that is not among the newest ones: it is old, gone, or not served yet.

    Events from before a confirmed deletion are settled. The others wait for another attempt.
    """
    outdated = [event for event in events if confirmed_at is not None and event.event_time <= confirmed_at]
    handled.settle(Outcome.REMOVED, outdated)
    handled.postpone([event for event in events if event not in outdated], give_up=Outcome.NEVER_SEEN)


def handle_gone(
    handled: HandledEvents, strava_id: int, events: list[StravaEvent], confirmed_at: datetime | None
) -> None:
    """Decide about the events of an activity for which Strava answers 404.

    If an event says that it was deleted, the activity is removed, and the events from before the deletion are settled.

    Strava is asked again later about events from after the deletion, and about all events if there was no deletion:
    Strava may not serve the activity yet. Events after a deletion are normal: if an athlete makes an activity private
    and public again, Strava says that it was deleted and created.

    Without a deletion, an event about an update hides the activity at once. Strava always serves an activity that was
    only updated, so it was probably deleted or made private, and the event about that was lost.
    """
    deletions = [event.event_time for event in events if event.aspect == StravaEvent.Aspect.DELETE]
    deleted_at = max([*deletions, *([confirmed_at] if confirmed_at else [])], default=None)
    if deleted_at is not None:
        handled.gone.add(strava_id)
        handled.settle(Outcome.REMOVED, [event for event in events if event.event_time <= deleted_at])
    newer = [event for event in events if deleted_at is None or event.event_time > deleted_at]
    if deleted_at is None and any(event.aspect == StravaEvent.Aspect.UPDATE for event in events):
        handled.hidden.add(strava_id)
    handled.postpone(newer, give_up=Outcome.NEVER_SEEN)

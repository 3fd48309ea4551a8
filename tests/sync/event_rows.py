"""Events of Strava as rows, and a runner in this process that handles them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.feed.models import Entry
from strava_live.sync.event_runs import handle_events
from strava_live.sync.runner import Runner, runner
from strava_live.webhook.models import StravaEvent
from tests.patience import PATIENCE_S

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Rows = list[tuple[str, str]]


def event(athlete: User, aspect: str, object_id: int, *, at_s: int = 0, **fields: object) -> StravaEvent:
    """Store an event about an activity. `at_s`: how many seconds after noon it happened."""
    return StravaEvent.objects.create(
        athlete=athlete,
        digest=uuid.uuid4().hex,
        about=StravaEvent.Subject.ACTIVITY,
        object_id=object_id,
        aspect=aspect,
        event_time=NOON + timedelta(seconds=at_s),
        signature=StravaEvent.Signature.UNSIGNED,
        **fields,
    )


def revocation(athlete: User, strava_id: int) -> StravaEvent:
    """Store the event that the athlete has revoked our access at Strava."""
    access = {"about": StravaEvent.Subject.ATHLETE, "updates": {"authorized": "false"}}
    row = event(athlete, "update", strava_id)
    StravaEvent.objects.filter(pk=row.pk).update(**access)
    return row


async def handle(athlete: User) -> None:
    """Handle the athlete's due events in this process."""
    here = runner()
    await handle_events([athlete.pk])
    await until_idle(here)


async def handle_due(athlete: User) -> None:
    """Handle the athlete's due events as a worker does, which also goes on with paused runs whose time has come."""
    await handle(athlete)
    await runner().poll(take_up=True)
    await until_idle(runner())


async def say(athlete: User, aspect: str, object_id: int, at_s: int = 0) -> None:
    """Let an event about an activity arrive, and handle it."""
    await sync_to_async(event)(athlete, aspect, object_id, at_s=at_s)
    await handle(athlete)


async def until_idle(here: Runner) -> None:
    while here.tasks or here.looking_again:  # noqa: ASYNC110 the runner has no asyncio.Event for it
        await asyncio.sleep(0.01)


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a question to the database is answered with yes."""
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():  # noqa: ASYNC110 the database has no asyncio.Event
            await asyncio.sleep(0.01)


@sync_to_async
def outcomes() -> Rows:
    """Return aspect and outcome of each event, in the order in which they were stored."""
    return list(StravaEvent.objects.order_by("pk").values_list("aspect", "outcome"))


@sync_to_async
def stored() -> dict[int, str]:
    """Return the names of the known activities by Strava's id."""
    return dict(Activity.objects.values_list("strava_id", "name"))


@sync_to_async
def entries(club: Club) -> list[tuple[int, str, str]]:
    """Return id, kind and event of the club's entries, oldest first, without those about new members."""
    rows = Entry.objects.of_club(club.pk).not_removed().order_by("pk").exclude(kind=Entry.Kind.JOINED)
    return [(row.pk, row.kind, row.data.get("event", "")) for row in rows]

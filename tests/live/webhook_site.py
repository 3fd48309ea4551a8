"""A site that Strava's stand-in sends events to: its environment, its subscription, and what it has stored."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S
from tests.strava_of import strava_of

TOKEN, SECRET = "token-of-the-webhook", "secret-of-the-webhook"
PATH = f"/strava/webhook/{TOKEN}/"


def webhook_settings(stand_in: StandIn, *, signed: bool = False) -> dict[str, str]:
    """Return the environment of a site that receives events from the stand-in."""
    settings = {**strava_of(stand_in), "STRAVA_WEBHOOK_TOKEN": TOKEN}
    return settings | ({"STRAVA_WEBHOOK_SECRET": SECRET} if signed else {})


def subscribe(site: LiveSite) -> int:
    """Subscribe to the stand-in's events, and return the subscription's id. A web process must be running."""
    site.manage("strava_webhook", "subscribe")
    return int(in_site(site, "subscription_id"))


class Known(NamedTuple):
    """What is known of an athlete's activity, at the stand-in or in the site."""

    strava_id: int
    name: str
    sport_type: str
    visibility: str


class OnFeed(NamedTuple):
    """A parkrun in a club's feed: whose it is at Strava, and on which day."""

    athlete: int
    day: str


def differences(site: LiveSite, stand_in: StandIn, club: ConnectedClub) -> list[str]:
    """Return how the site differs from the stand-in about the members of a club, and whether events wait."""
    found = json.loads(in_site(site, "everything", club.pk))
    wrong = [f"{found['waiting']} events wait"] if found["waiting"] else []
    feed: list[OnFeed] = []
    for athlete in club.athletes:
        there = known_to_strava(stand_in, athlete)
        here = {Known(*row) for row in found["activities"].get(str(athlete), [])}
        wrong += [f"athlete {athlete}: Strava has {one}" for one in sorted(there - here)]
        wrong += [f"athlete {athlete}: the site has {one}" for one in sorted(here - there)]
        feed += shared_parkruns(stand_in, athlete, there)
    shown = [OnFeed(*one) for one in found["feed"]]
    if sorted(shown) != sorted(feed):
        wrong.append(f"the feed lacks {set(feed) - set(shown)} and has too much {set(shown) - set(feed)}")
    if len(set(shown)) < len(shown):
        wrong.append("the feed has a parkrun twice")
    return wrong


def known_to_strava(stand_in: StandIn, athlete: int) -> set[Known]:
    """Return the activities that Strava shows the site."""
    return {
        Known(one["id"], one["name"], one["sport_type"], one["visibility"])
        for one in stand_in.activities(athlete)
        if not one["withheld"] and one["visibility"] != "only_me"
    }


def shared_parkruns(stand_in: StandIn, athlete: int, there: set[Known]) -> list[OnFeed]:
    """Return the athlete's parkruns that belong in the feed: runs of the last week that everyone may see."""
    seen = {one.strava_id for one in there if one.visibility == "everyone" and one.sport_type == "Run"}
    days = {one["id"]: datetime.fromtimestamp(one["start"], UTC).date() for one in stand_in.activities(athlete)}
    a_week_ago = datetime.now(UTC).date() - timedelta(days=7)
    parkruns = [label["id"] for label in stand_in.labels(athlete) if label["parkrun"] and label["id"] in seen]
    return [OnFeed(athlete, days[one].isoformat()) for one in parkruns if days[one] >= a_week_ago]


def forged(what: str, athlete: int, activity: int, *, subscription: int) -> dict[str, Any]:
    """Return an event that Strava has not sent: that an activity was deleted, or that access was revoked."""
    about = {
        "delete": {"object_type": "activity", "object_id": activity, "aspect_type": "delete", "updates": {}},
        "revocation": {
            "object_type": "athlete",
            "object_id": athlete,
            "aspect_type": "update",
            "updates": {"authorized": "false"},
        },
    }
    return about[what] | {"owner_id": athlete, "subscription_id": subscription, "event_time": int(time.time())}


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition in another process is true. It is called in a thread, because it blocks."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def until_handled(site: LiveSite) -> None:
    """Wait until no event waits."""
    try:
        await until(lambda: in_site(site, "waiting_events") == "0")
    except TimeoutError:
        raise AssertionError(f"these events wait: {in_site(site, 'which_events_wait')}") from None


def in_site(site: LiveSite, function: str, *arguments: object) -> str:
    """Call a function of this module in a process with the site's settings and database. Return what it prints."""
    words = ", ".join(repr(argument) for argument in arguments)
    code = f"from tests.live import webhook_site; print(webhook_site.{function}({words}))"
    return site.manage("shell", "-v", "0", "-c", code).strip()


def subscription_id() -> int:
    from strava_live.webhook.models import WebhookSubscription

    return WebhookSubscription.objects.get().strava_id


def times_of_event(object_id: int) -> str:
    """Return as JSON when the first event about an activity was received and handled, and when its run was added."""
    from strava_live.sync.models import SyncRun
    from strava_live.webhook.models import StravaEvent

    event = StravaEvent.objects.filter(object_id=object_id).earliest("pk")
    runs = SyncRun.objects.of(event.athlete_id).filter(kind=SyncRun.RunKind.ACTIVITIES).order_by("-pk")
    times = {"received": event.received_at, "run added": runs[0].started_at, "stored": event.handled_at}
    return json.dumps({step: at.timestamp() for step, at in times.items() if at})


def waiting_events() -> int:
    from strava_live.webhook.models import StravaEvent

    return StravaEvent.objects.waiting().count()


def which_events_wait() -> str:
    from strava_live.webhook.models import StravaEvent

    waiting = StravaEvent.objects.waiting().order_by("object_id", "pk")
    return "; ".join(f"{one.aspect} of {one.object_id} at {one.event_time}, {one.tries} tries" for one in waiting[:20])


def paused_runs(reason: str) -> int:
    """Return how many runs about events wait for this reason, such as `strava_down`."""
    from strava_live.sync.models import SyncRun

    return SyncRun.objects.filter(kind=SyncRun.RunKind.ACTIVITIES, state="waiting", wait_reason=reason).count()


def athletes_on_feeds() -> str:
    """Return Strava's id of the athlete of each parkrun on any feed."""
    from strava_live.feed.models import Entry

    entries = Entry.objects.not_removed().filter(kind=Entry.Kind.PARKRUN)
    return " ".join(str(one) for one in entries.values_list("athlete__strava__strava_id", flat=True))


def seconds_to_handle() -> str:
    """Return for each event how long after its arrival it was handled."""
    from strava_live.webhook.models import StravaEvent

    times = StravaEvent.objects.exclude(handled_at=None).values_list("received_at", "handled_at")
    return " ".join(f"{(handled - received).total_seconds():.3f}" for received, handled in times if handled)


def lease_owner(kind: str) -> str:
    """Return the name with which the newest process of a kind, web or worker, holds leases; "" if there is none."""
    from strava_live.status.models import WorkingProcess

    newest = WorkingProcess.objects.filter(kind=kind).order_by("-started_at").first()
    return newest.name if newest else ""


def runs_of(owner: str) -> int:
    """Return how many live runs this process holds, or held when it was killed."""
    from strava_live.sync.models import SyncRun

    return SyncRun.objects.live().leased_by(owner).count() if owner else 0


def stored_from_strava(user_id: int) -> int:
    """Return how many rows there are that came from a person's Strava: activities, results, the connection."""
    from strava_live.accounts.models import StravaConnection
    from strava_live.activities.models import Activity
    from strava_live.parkrun.result_models import ParkrunResult

    tables = (
        Activity.objects.filter(athlete=user_id),
        ParkrunResult.objects.filter(athlete=user_id),
        StravaConnection.objects.filter(user=user_id),
    )
    return sum(rows.count() for rows in tables)


def everything(club_id: int) -> str:
    """Return what the site shows of a club's members, as JSON, and how many events wait."""
    from strava_live.accounts.models import StravaConnection
    from strava_live.activities.models import Activity
    from strava_live.feed.models import Entry

    athletes = dict(StravaConnection.objects.filter(user__memberships__club=club_id).values_list("user", "strava_id"))
    activities: dict[int, list[Sequence[Any]]] = {}
    rows = Activity.objects.filter(athlete__in=athletes).exclude(visibility="only_me")
    for user, *known in rows.values_list("athlete", "strava_id", "name", "sport_type", "visibility"):
        activities.setdefault(athletes[user], []).append(known)
    entries = Entry.objects.of_club(club_id).not_removed().filter(kind=Entry.Kind.PARKRUN)
    feed = [[athletes[entry.athlete_id or 0], entry.data["date"]] for entry in entries]
    return json.dumps({"activities": activities, "feed": feed, "waiting": waiting_events()})

"""/sync/: my Strava, live. The page shows where things stand; its socket keeps it fresh; its forms work without one."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_app import strava
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.activities.summary import summary_of
from strava_live.broadcast import announce, athlete_group
from strava_live.protocol import LARGEST_ID, BadDates, SyncWaiting, day, whole_number
from strava_live.strava.budget import Standing
from strava_live.sync import runner as runners
from strava_live.sync.models import SyncRun, utc_text
from strava_live.sync.runs import CannotStart, StillStopping, cancel_run, start_run, stopped
from strava_live.sync.snapshot import in_a_list, rows_older_than, snapshot_of
from strava_live.sync.watching import note_watched
from strava_live.web.activity_words import counted, shown
from strava_live.web.signed_in import signed_in, signed_in_post
from strava_live.web.writing import finish_writing

MOST_MAYBES = 25
LOOK_BACK = timedelta(days=14)


@login_required
@never_cache
@require_safe
def sync_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    now = snapshot_of(user.pk)
    run = now.run
    maybes = maybes_of(user)
    figures = figures_of(user, maybes)
    strava = StravaConnection.objects.filter(user=user).first()
    page = {
        "strava": strava,
        "reconnect": strava is None or strava.needs_reconnecting or not strava.may_read_activities,
        "since_last": strava.synced_until - LOOK_BACK if strava and strava.synced_until else None,
        "run": run,
        "state": state_of(run),
        "live": run is not None and run.state in SyncRun.LIVE,
        "share_read": share_read(run),
        "figures": figures | {"years": bars(figures["summary"]["years"])},
        "first_maybe": shown(maybes[0]) if maybes else None,
        "rows": [shown(row) for row in now.rows],
        "complete": now.complete,
        "standing": async_to_sync(allowance)(),
        "data": now.hello().wire() | {"figures": figures},
    }
    return render(request, "sync/sync.html", page)


def state_of(run: SyncRun | None) -> str:
    """Which part of the page speaks: the run's state, and while it waits why."""
    if run is None:
        return "before"
    return str(run.wait_reason if run.state == SyncRun.State.WAITING else run.state)


def maybes_of(user: User) -> list[Activity]:
    return list(in_a_list(user.pk).undecided().newest_first()[:MOST_MAYBES])


def figures_of(user: User, maybes: list[Activity]) -> dict[str, Any]:
    """What the page knows besides the rows it shows. The first start, so that a later run knows where it will end."""
    first = Activity.objects.of(user.pk).order_by("start").values_list("start", flat=True).first()
    summary = summary_of(user.pk)
    return {
        "summary": summary,
        "sentence": sentence_of(summary),
        "first": utc_text(first),
        "maybes": [item_of(row) for row in maybes],
    }


def sentence_of(summary: dict[str, Any]) -> str:
    """1,312 runs since 2016, 214 of them parkruns at 31 events."""
    runs, parkruns, events = summary["runs"], summary["parkruns"], summary["events"]
    if not runs:
        return "No runs yet."
    text = f"{counted(runs, 'run', 'runs')} since {summary['since']}"
    if parkruns:
        text += f", {parkruns:,} of them {'a parkrun' if parkruns == 1 else 'parkruns'}"
    if parkruns and events:
        text += f" at {counted(events, 'event', 'events')}"
    return f"{text}."


def bars(years: list[dict[str, int]]) -> list[dict[str, Any]]:
    """Every year from the newest to the first, those without a run too, with how high its bar is of 100."""
    if not years:
        return []
    known = {year["year"]: year for year in years}
    most = max(year["all"] for year in years)
    return [
        bar(known.get(one, {"year": one, "all": 0, "parkruns": 0}), most)
        for one in range(max(known), min(known) - 1, -1)
    ]


def bar(year: dict[str, int], most: int) -> dict[str, Any]:
    height, parkruns = (round(100 * year[name] / most) for name in ("all", "parkruns"))
    end = datetime(year["year"] + 1, 1, 1, tzinfo=UTC)
    return year | {
        "short": f"’{year['year'] % 100:02}",
        "top": 100 - height,
        "height": height,
        "parkrun_top": 100 - parkruns,
        "parkrun_height": parkruns,
        "before": f"{int(end.timestamp())},0",
    }


def share_read(run: SyncRun | None) -> float | None:
    """How much of the window of a run has been read, where it is known; for the page without JavaScript."""
    if run is None or run.after is None or run.oldest is None:
        return None
    top = run.before or run.started_at
    return max(0.0, min(1.0, (top - run.oldest) / (top - run.after)))


async def allowance() -> Standing | None:
    """What Strava lets this site ask, as far as it is known; a page must not fail for it."""
    try:
        return await asyncio.wait_for(strava().budget.standing(), 1)
    except Exception:
        return None


@login_required
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    before = whole_number(request.GET.dict(), "before")
    if before is None or not 0 < before <= LARGEST_ID:
        words = "`before` is the strava_id of the last row you have."
        return JsonResponse({"code": "bad_number", "message": words}, status=422)
    return JsonResponse({"items": rows_older_than(signed_in(request).pk, before)})


@login_required
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    return JsonResponse(figures_of(user, maybes_of(user)))


@signed_in_post
def start(request: HttpRequest) -> HttpResponse:
    since, until = request.POST.get("since"), request.POST.get("until")
    try:
        run = start_once_stopped(request, partial(start_run, signed_in(request), since=day(since), until=day(until)))
    except (BadDates, CannotStart) as error:
        messages.error(request, str(error))
    else:
        async_to_sync(take_up)(run)
    return redirect("sync")


def start_once_stopped(request: HttpRequest, begin: Callable[[], SyncRun]) -> SyncRun:
    """Wait for a run that its athlete has just stopped, without a turn or a connection."""
    try:
        return begin()
    except StillStopping:
        finish_writing(request)
        async_to_sync(stopped)(signed_in(request).pk)
    return begin()


async def take_up(run: SyncRun) -> None:
    """In this process, when it is one that looks after runs; else whoever looks next finds it."""
    await note_watched(run.athlete_id)
    here = runners.current
    if here is not None and here.loop is asyncio.get_running_loop() and await here.follow(run.pk):
        return
    waiting = SyncWaiting(run=run.wire(), until=None, reason=str(SyncRun.Wait.BUSY))
    await announce(athlete_group(run.athlete_id), [waiting])


@signed_in_post
def cancel(request: HttpRequest) -> HttpResponse:
    run = cancel_run(signed_in(request).pk)
    if run is not None:
        async_to_sync(stop)(run)
    return redirect("sync")


async def stop(run: SyncRun) -> None:
    """At once when it runs here; whoever else holds it notices within a second."""
    here = runners.current
    if here is not None and here.loop is asyncio.get_running_loop():
        here.stop(run.pk)

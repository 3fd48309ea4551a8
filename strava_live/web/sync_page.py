"""/sync/: my Strava, live. The page shows where things stand; its socket keeps it fresh; its forms work without one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_app import strava
from strava_live.activities.models import Activity
from strava_live.broadcast import announce, athlete_group
from strava_live.clubs.models import Membership
from strava_live.parkrun.wording import distance, taken
from strava_live.protocol import LARGEST_ID, BadDates, SyncWaiting, day, whole_number
from strava_live.strava.budget import Standing
from strava_live.sync import runner as runners
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import CannotStart, StillStopping, cancel_run, start_run, stopped
from strava_live.sync.snapshot import rows_older_than, snapshot_of
from strava_live.sync.watching import note_watched
from strava_live.web.activity_words import counted, shown
from strava_live.web.signed_in import signed_in, signed_in_post
from strava_live.web.sync_figures import bars, figures_of, maybes_of, rest_of, share_read
from strava_live.web.writing import finish_writing

FIRST_ROWS = 50
"""Rows that the page begins with: a tall screen and a bit. Further ones are fetched as the list is scrolled."""
REFUSED = ("not_connected", "reconnect_needed", "scope_missing")
"""Failures that a new connection mends."""


@login_required
@never_cache
@require_safe
def sync_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    strava = StravaConnection.objects.filter(user=user).first()
    maybes = maybes_of(user)
    figures = figures_of(user, strava, maybes)  # before the run: it has read at least what they count
    now = snapshot_of(user.pk, newest=FIRST_ROWS)
    run, ready = now.run, is_ready(strava)
    figures["rest"] = rest_of(run, user)
    page = {
        "strava": strava,
        "ready": ready,
        "run": run,
        "state": state_of(run, ready=ready),
        "live": run is not None and run.state in SyncRun.LIVE,
        "share_read": share_read(run, figures),
        "new_is_quiet": bool(figures["rest"]) or bool(run and run.state == SyncRun.State.FINISHED),
        "last": last_import(run),
        "checked": counted(run.found if run else 0, "activity", "activities"),
        "kept": counted(figures["summary"]["activities"], "activity", "activities"),
        "figures": figures | {"years": bars(figures["summary"]["years"], this_year=timezone.localdate().year)},
        "rows": [shown(row) for row in now.rows],
        "complete": now.complete,
        "club": first_club_of(user),
        "standing": async_to_sync(allowance)(),
        "data": now.hello().wire() | {"figures": figures, "ready": ready, "begin": is_due(strava, run)},
        **first_maybe(maybes, figures["alike"]),
    }
    return render(request, "sync/sync.html", page)


def is_ready(strava: StravaConnection | None) -> bool:
    return strava is not None and not strava.needs_reconnecting and strava.may_read_activities


def is_due(strava: StravaConnection | None, run: SyncRun | None) -> bool:
    """Whether the page starts an import by itself: for a new connection, also one that mends a failure."""
    if strava is None or not is_ready(strava):
        return False
    if run is None or run.strava_id != strava.strava_id:
        return run is None or run.state not in SyncRun.LIVE
    refused = run.state == SyncRun.State.FAILED and run.error_code in REFUSED
    disconnected = run.state == SyncRun.State.FINISHED and run.is_whole and strava.synced_until is None
    return (refused or disconnected) and run.ended_at is not None and strava.connected_at > run.ended_at


def state_of(run: SyncRun | None, *, ready: bool) -> str:
    """Which part of the page speaks: the run's state, and while it waits why."""
    if run is None:
        return "before"
    if run.state == SyncRun.State.FAILED and run.error_code in REFUSED and ready:
        return "reconnected"
    return str(run.wait_reason if run.state == SyncRun.State.WAITING else run.state)


def last_import(run: SyncRun | None) -> str:
    """12 activities checked, 1 new parkrun, 27 November, 22:14."""
    if run is None or run.ended_at is None:
        return ""
    when = date_format(timezone.localtime(run.ended_at), "j F, H:i")
    checked, new = counted(run.found, "activity", "activities"), counted(run.saved, "new parkrun", "new parkruns")
    return f"{checked} checked, {new}, {when}"


def first_club_of(user: User) -> Any:
    member = Membership.objects.of(user.pk).active().select_related("club").longest_first().first()
    return member.club if member else None


def first_maybe(maybes: list[Activity], groups: list[list[int]]) -> dict[str, Any]:
    """The maybe that is asked about first, and those that are like it."""
    if not maybes:
        return {"first_maybe": None, "first_facts": "", "first_alike": []}
    first = maybes[0]
    like_it = next((group for group in groups if first.strava_id in group), [])
    return {
        "first_maybe": shown(first),
        "first_facts": facts_of(first),
        "first_alike": like_it,
        "alike_words": f"{len(like_it)} like this at {first.event_name}",
    }


def facts_of(maybe: Activity) -> str:
    """Sat 21 November 2026, 09:02 · 5.02 km · 24:31 · Bushy. static/js/sync/maybes.js says the same."""
    day = f"{maybe.start_local:%a %-d %B %Y}"
    when = f"{day} · Start time hidden" if maybe.hidden_start else f"{day}, {maybe.start_local:%H:%M}"
    length = distance(maybe.distance_m) if maybe.distance_m else ""
    return " · ".join(part for part in (when, length, taken(maybe.elapsed_s), maybe.event_name) if part)


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
    """With `after`, the maybes that follow that one: those before it have been skipped."""
    user = signed_in(request)
    after = whole_number(request.GET.dict(), "after")
    skipped = Activity.objects.of(user.pk).filter(strava_id=after).first() if after else None
    connection = StravaConnection.objects.filter(user=user).first()
    known = figures_of(user, connection, maybes_of(user, skipped))
    return JsonResponse(known | {"rest": rest_of(SyncRun.objects.latest(user.pk), user)})


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

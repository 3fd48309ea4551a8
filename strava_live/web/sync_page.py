"""/sync/ ("My Strava"): start, watch and stop the import of one's own Strava activities.

The page shows the current state and its socket sends the changes. All its forms work without the socket.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_app import strava
from strava_live.activities.models import Activity
from strava_live.clubs.models import Membership
from strava_live.protocol import LARGEST_ID, BadDates, parse_day, parse_number
from strava_live.strava.budget import BudgetStatus
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import CannotStart, StillStopping
from strava_live.sync.snapshot import items_older_than, snapshot_of
from strava_live.sync.start_and_stop import start_sync, stop_sync
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.activity_words import activity_words
from strava_live.web.sync_figures import figures_of, maybes_of, rest_of, share_read
from strava_live.web.sync_words import exhausted_words, first_maybe, panel_words, year_bars
from strava_live.web.writing import finish_writing

R = TypeVar("R")
FIRST_ROWS = 50
"""Rows that the page begins with, a little more than a tall screen. Scrolling fetches the others."""
SOLVED_BY_RECONNECTING = ("not_connected", "reconnect_needed", "scope_missing")
"""Error codes of failures that connecting Strava again solves."""


@login_required
@never_cache
@require_safe
def sync_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    strava = StravaConnection.objects.filter(user=user).first()
    maybes = maybes_of(user)
    figures = figures_of(user, strava, maybes)  # before the run, so that the run never shows fewer activities
    now = snapshot_of(user.pk, newest=FIRST_ROWS)
    run, ready = now.run, is_ready(strava)
    figures["rest"] = rest_of(run, user)
    standing = async_to_sync(budget_status)()
    page = {
        "strava": strava,
        "ready": ready,
        "run": run,
        "state": state_of(run, ready=ready),
        "live": run is not None and run.state in SyncRun.LIVE,
        "share_read": share_read(run, figures),
        "new_is_quiet": bool(figures["rest"]) or bool(run and run.state == SyncRun.State.FINISHED),
        **panel_words(run, figures["summary"]),
        "figures": figures | {"years": year_bars(figures["summary"]["years"], this_year=timezone.localdate().year)},
        "rows": [activity_words(row) for row in now.rows],
        "complete": now.complete,
        "club": first_club_of(user),
        "standing": standing,
        "exhausted": exhausted_words(standing),
        "data": now.hello().wire() | {"figures": figures, "ready": ready, "begin": starts_by_itself(strava, run)},
        **first_maybe(maybes, figures["alike"]),
    }
    return render(request, "sync/sync.html", page)


def is_ready(strava: StravaConnection | None) -> bool:
    return strava is not None and not strava.needs_reconnecting and strava.may_read_activities


def starts_by_itself(strava: StravaConnection | None, run: SyncRun | None) -> bool:
    """Return whether the page starts an import by itself.

    It does for a Strava account without a run, and after reconnecting since a refusal or a disconnection.
    """
    if strava is None or not is_ready(strava):
        return False
    if run is None or run.strava_id != strava.strava_id:
        return run is None or run.state not in SyncRun.LIVE
    refused = run.state == SyncRun.State.FAILED and run.error_code in SOLVED_BY_RECONNECTING
    disconnected = run.state == SyncRun.State.FINISHED and run.is_whole and strava.synced_until is None
    return (refused or disconnected) and run.ended_at is not None and strava.connected_at > run.ended_at


def state_of(run: SyncRun | None, *, ready: bool) -> str:
    """Return which part of the panel to show.

    `before` the first run, `reconnected` once a refusal is solved, else the reason for waiting or the run's state.
    """
    if run is None:
        return "before"
    if run.state == SyncRun.State.FAILED and run.error_code in SOLVED_BY_RECONNECTING and ready:
        return "reconnected"
    return str(run.wait_reason if run.state == SyncRun.State.WAITING else run.state)


def first_club_of(user: User) -> Any:
    member = Membership.objects.of(user.pk).active().select_related("club").longest_first().first()
    return member.club if member else None


async def budget_status() -> BudgetStatus | None:
    """Return how much of Strava's limit is used, or None if it cannot be read. The page must not fail for it."""
    try:
        return await asyncio.wait_for(strava().budget.status(), 1)
    except Exception:
        return None


@login_required
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    before = parse_number(request.GET.dict(), "before")
    if before is None or not 0 < before <= LARGEST_ID:
        words = "`before` is the strava_id of the last row you have."
        return JsonResponse({"code": "bad_number", "message": words}, status=422)
    return JsonResponse({"items": items_older_than(signed_in_user(request).pk, before)})


@login_required
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Return the page's counts as JSON, with the next activities that may be parkruns (maybes).

    `after` in the query string is the last maybe that was skipped; only older ones follow.
    """
    user = signed_in_user(request)
    after = parse_number(request.GET.dict(), "after")
    skipped = Activity.objects.of(user.pk).filter(strava_id=after).first() if after else None
    connection = StravaConnection.objects.filter(user=user).first()
    known = figures_of(user, connection, maybes_of(user, skipped))
    return JsonResponse(known | {"rest": rest_of(SyncRun.objects.latest(user.pk), user)})


@login_required_post
def start(request: HttpRequest) -> HttpResponse:
    athlete = signed_in_user(request)
    try:
        since, until = parse_day(request.POST.get("since")), parse_day(request.POST.get("until"))
        async_to_sync(start_sync)(athlete, since=since, until=until, write=InThread(request))
    except (BadDates, CannotStart) as error:
        messages.error(request, str(error))
    return redirect("sync")


@login_required_post
def cancel(request: HttpRequest) -> HttpResponse:
    async_to_sync(stop_sync)(signed_in_user(request).pk, write=InThread(request))
    return redirect("sync")


class InThread:
    """Run database work in the thread of the request, which holds a ticket of the write queue."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, work: Callable[[], R], /) -> Awaitable[R]:
        return sync_to_async(self.run)(work)

    def run(self, work: Callable[[], R]) -> R:
        """Run the work. If a run is still stopping, release ticket and connection before the caller waits for it."""
        try:
            return work()
        except StillStopping:
            finish_writing(self.request)
            raise

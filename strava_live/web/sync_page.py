"""/sync/ ("My Strava"): start, watch and stop an import of the athlete's activities from Strava.

One import is called a run (a row of SyncRun). The page shows the current state and its WebSocket sends the changes. All
its forms work without the WebSocket.
"""

from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Membership
from strava_live.error_codes import ErrorCode
from strava_live.protocol import LARGEST_ID, BadDates, parse_day, parse_number
from strava_live.status.figures import read_budget
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import CannotStart
from strava_live.sync.snapshot import items_older_than, snapshot_of
from strava_live.sync.start_and_stop import WriteInRequest, start_sync, stop_sync
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.activity_words import activity_words
from strava_live.web.errors import error_answer
from strava_live.web.script_words import SYNC, script_words
from strava_live.web.sync_figures import figures_of, maybes_of, rest_of, share_read
from strava_live.web.sync_words import exhausted_words, first_maybe, panel_words, year_bars
from strava_live.web.words import unsaved_kept_for
from strava_live.webhook.models import StravaEvent

FIRST_ROWS = 50
"""Rows that the page begins with, a little more than a tall screen. Scrolling fetches the others."""
SOLVED_BY_RECONNECTING = (ErrorCode.NOT_CONNECTED, ErrorCode.RECONNECT_NEEDED, ErrorCode.SCOPE_MISSING)
"""Error codes of failures that connecting Strava again solves."""


@login_required
@never_cache
@require_safe
def sync_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    strava = StravaConnection.objects.filter(user=user).first()
    maybes = maybes_of(user)
    # Read the figures before the run: activities that are stored in between are then counted by the run at least.
    figures = figures_of(user, strava, maybes)
    now = snapshot_of(user.pk, newest=FIRST_ROWS)
    run, ready = now.run, is_ready(strava)
    figures["rest"] = rest_of(run, user)
    budget = async_to_sync(read_budget)()
    begin = starts_automatically(strava, run)
    page = {
        "strava": strava,
        "forgotten": forgotten_at(user, strava, run),
        "delete_on": delete_on(strava),
        "ready": ready,
        "run": run,
        "state": "starting" if begin and run is None else state_of(run, ready=ready),
        "live": run is not None and run.state in SyncRun.LIVE,
        "share_read": share_read(run, figures),
        "new_is_quiet": bool(figures["rest"]) or bool(run and run.state == SyncRun.RunState.FINISHED),
        **panel_words(run, figures["summary"]),
        "figures": figures | {"years": year_bars(figures["summary"]["years"], this_year=timezone.localdate().year)},
        "rows": [activity_words(row) for row in now.rows],
        "complete": now.complete,
        "club": first_club_of(user),
        "shared_with": Membership.objects.of(user.pk).sharing().longest_first().values_list("club__name", flat=True),
        "budget": budget,
        "exhausted": exhausted_words(budget),
        "unsaved_kept": unsaved_kept_for(),
        "script_words": script_words(SYNC),
        "data": now.hello().wire() | {"figures": figures, "ready": ready, "begin": begin},
        **first_maybe(maybes, figures["alike"]),
    }
    return render(request, "sync/sync.html", page)


def forgotten_at(user: User, strava: StravaConnection | None, run: SyncRun | None) -> datetime | None:
    """Return the time at which the athlete's revocation of our access was handled, if their data was deleted for it.

    Return None if Strava is connected or any run is left: then nothing was deleted, or the athlete has come back.
    """
    if strava is not None or run is not None:
        return None
    return StravaEvent.objects.of(user.pk).revocations().values_list("handled_at", flat=True).first()


def delete_on(strava: StravaConnection | None) -> datetime | None:
    """Return the time from which the data of a revoked connection is deleted; None if access was not revoked."""
    if strava is None or strava.revoked_at is None:
        return None
    return strava.revoked_at + timedelta(days=settings.RETENTION_REVOKED_DAYS)


def is_ready(strava: StravaConnection | None) -> bool:
    """Return whether an import is possible with this connection to Strava."""
    return strava is not None and not strava.needs_reconnecting and strava.may_read_activities


def starts_automatically(strava: StravaConnection | None, run: SyncRun | None) -> bool:
    """Return whether the page starts an import when it is loaded, without a press on a button.

    `run` is the athlete's last import. If an import is possible, the page starts one in these cases:

    - there was no import yet, or the last one was of another Strava account and has ended;
    - Strava refused the last import, and the account was connected again afterwards;
    - the last import was of the whole history, and the account was disconnected and connected again afterwards.
    """
    if strava is None or not is_ready(strava):
        return False
    if run is None or run.strava_id != strava.strava_id:
        return run is None or run.state not in SyncRun.LIVE
    refused = run.state == SyncRun.RunState.FAILED and run.error_code in SOLVED_BY_RECONNECTING
    disconnected = run.state == SyncRun.RunState.FINISHED and run.is_whole and strava.synced_until is None
    return (refused or disconnected) and run.ended_at is not None and strava.connected_at > run.ended_at


def state_of(run: SyncRun | None, *, ready: bool) -> str:
    """Return which part of the page's panel to show.

    `before` if nothing was ever imported, and `reconnected` if the last import failed but Strava is connected again.
    Otherwise the reason for which the last import waits, or the import's state if it does not wait.
    """
    if run is None:
        return "before"
    if run.state == SyncRun.RunState.FAILED and run.error_code in SOLVED_BY_RECONNECTING and ready:
        return "reconnected"
    return str(run.wait_reason if run.state == SyncRun.RunState.WAITING else run.state)


def first_club_of(user: User) -> Any:
    member = Membership.objects.of(user.pk).active().select_related("club").longest_first().first()
    return member.club if member else None


@login_required
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Answer with older activities of the list as JSON, for the page's script."""
    before = parse_number(request.GET.dict(), "before")
    if before is None or not 0 < before <= LARGEST_ID:
        words = "`before` is the strava_id of the last row you have."
        return error_answer(ErrorCode.BAD_NUMBER, words)
    return JsonResponse({"items": items_older_than(signed_in_user(request).pk, before)})


@login_required
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Answer with the page's counts as JSON, and with the next maybes (activities that may be parkruns).

    `after` in the query string is the last maybe that the athlete skipped; the answer has only older ones.
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
        async_to_sync(start_sync)(athlete, since=since, until=until, write=WriteInRequest(request))
    except (BadDates, CannotStart) as error:
        messages.error(request, str(error))
    return redirect("sync")


@login_required_post
def cancel(request: HttpRequest) -> HttpResponse:
    async_to_sync(stop_sync)(signed_in_user(request).pk, write=WriteInRequest(request))
    return redirect("sync")

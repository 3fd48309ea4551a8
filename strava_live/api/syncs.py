"""A person's imports from Strava: list and read them, start and stop one."""

from typing import cast

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from strava_live.activities.athlete_state import lock_athlete
from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.errors import ApiError
from strava_live.api.once import ApiAnswer, creating
from strava_live.api.paging import page_bytes
from strava_live.error_codes import ErrorCode
from strava_live.protocol import RunShape, compact, parse_day
from strava_live.protocol.api_athlete import RunsPage, SyncBody
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_athlete import CANCELLED_RUN, RUNS_PAGE, WAITING_RUN
from strava_live.protocol.examples import RUN
from strava_live.protocol.fields import Id
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import cancel_run, start_run
from strava_live.sync.start_and_stop import CreateRun, WriteInRequest, stop_sync
from strava_live.sync.start_and_stop import start_sync as start_and_announce

router = Router(tags=["Imports"])


@router.get("/syncs", **documented(RunsPage, example=RUNS_PAGE, errors=(422,)))
def list_syncs(request: ApiRequest, cursor: str = "") -> HttpResponse:
    """List the imports that you have started, newest first."""
    window = SyncRun.objects.of(request.auth.user.pk).asked().window(PAGE_SIZE, cursor)
    items = [encoded_run(run) for run in window.rows]
    return json_answer(request, page_bytes(request, items, window))


@router.get("/syncs/{int:run_id}", **documented(RunShape, example=RUN, errors=(404, 422)))
def read_sync(request: ApiRequest, run_id: Id) -> HttpResponse:
    """Read one of your imports."""
    return json_answer(request, encoded_run(run_of(request.auth.user.pk, run_id)))


@router.post("/syncs", **documented(RunShape, example=WAITING_RUN, status=201, errors=(403, 409, 422)))
def start_sync(request: ApiRequest, body: SyncBody | None = None) -> HttpResponse:
    """Start an import from Strava.

    Without a body it reads your whole history. Follow it with your stream, or read it again from time to time.
    """
    asked = body or SyncBody()
    run = async_to_sync(start_and_announce)(
        request.auth.user,
        since=parse_day(asked.since),
        until=parse_day(asked.until),
        write=WriteInRequest(request),
        create=cast("CreateRun", creating(request, start_run, lambda run: ApiAnswer(201, encoded_run(run)))),
    )
    return json_answer(request, encoded_run(run), 201)


@router.post("/syncs/{int:run_id}/cancel", **documented(RunShape, example=CANCELLED_RUN, errors=(403, 404, 422)))
def cancel_sync(request: ApiRequest, run_id: Id) -> HttpResponse:
    """Stop an import. What it has imported so far stays.

    It ends within a second. An import that has already ended is not changed.
    """

    def cancel(athlete_id: int) -> SyncRun:
        run_of(athlete_id, run_id)
        with transaction.atomic():
            lock_athlete(athlete_id)  # before the run's row: with an idempotency key, that stays locked until the end
            return cancel_run(athlete_id, run_id) or run_of(athlete_id, run_id)

    stop = creating(request, cancel, lambda run: ApiAnswer(200, encoded_run(run)))
    run = async_to_sync(stop_sync)(request.auth.user.pk, write=WriteInRequest(request), cancel=stop)
    return json_answer(request, encoded_run(cast("SyncRun", run)))  # `cancel` always returns one


def run_of(athlete_id: int, run_id: int) -> SyncRun:
    """Return one of the imports that the athlete has started. Raise ApiError if it is not one of theirs."""
    run = SyncRun.objects.of(athlete_id).asked().filter(pk=run_id).first()
    if run is None:
        raise ApiError(ErrorCode.NOT_FOUND)
    return run


def encoded_run(run: SyncRun) -> bytes:
    return compact(run.wire()).encode()

"""A person's activities: list and read them, save and dismiss them."""

from django.http import HttpResponse
from ninja import Router

from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.once import ApiAnswer, once
from strava_live.api.paging import page_bytes
from strava_live.protocol import BadDates, ItemShape, ItemState, compact, parse_day
from strava_live.protocol.api_athlete import DayText, ItemsPage, VerdictWord
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_athlete import DISMISSED, ITEMS_PAGE
from strava_live.protocol.examples import ITEM
from strava_live.protocol.fields import Id
from strava_live.sync import decisions
from strava_live.sync.snapshot import rows_for_lists

router = Router(tags=["Activities"])


@router.get("/activities", **documented(ItemsPage, example=ITEMS_PAGE, errors=(422,)))
def list_activities(
    request: ApiRequest,
    state: ItemState | None = None,
    parkrun: VerdictWord | None = None,
    since: DayText = "",
    until: DayText = "",
    cursor: str = "",
) -> HttpResponse:
    """List your activities, newest first.

    `since` and `until` are the first and the last day to list. An activity's day is the local date where it started.
    """
    first, last = parse_day(since), parse_day(until)
    if first and last and first > last:
        raise BadDates("The first day is after the last.")
    rows = rows_for_lists(request.auth.user.pk).on_days(first, last)
    if state:
        rows = rows.filter(state=state)
    if parkrun:
        rows = rows.filter(parkrun=Activity.Verdict.NO if parkrun == "no" else parkrun)
    window = rows.window(PAGE_SIZE, cursor)
    items = [compact(item_of(row)).encode() for row in window.rows]
    return json_answer(request, page_bytes(request, items, window))


@router.get("/activities/{int:strava_id}", **documented(ItemShape, example=ITEM, errors=(404, 422)))
def read_activity(request: ApiRequest, strava_id: Id) -> HttpResponse:
    """Read one of your activities."""
    return json_answer(request, encoded_activity(request.auth.user.pk, strava_id))


@router.post("/activities/{int:strava_id}/saved", **documented(ItemShape, example=ITEM, errors=(403, 404, 422)))
def save_activity(request: ApiRequest, strava_id: Id) -> HttpResponse:
    """Save one of your activities, so that it is kept. A parkrun also joins your parkruns."""
    athlete_id = request.auth.user.pk

    def create() -> ApiAnswer:
        decisions.save_activity(athlete_id, strava_id)
        return ApiAnswer(200, encoded_activity(athlete_id, strava_id))

    return once(request, create)


@router.delete("/activities/{int:strava_id}/saved", **documented(ItemShape, example=DISMISSED, errors=(403, 404, 422)))
def unsave_activity(request: ApiRequest, strava_id: Id) -> HttpResponse:
    """Dismiss one of your activities. No import saves it again."""
    decisions.unsave_activity(request.auth.user.pk, strava_id)
    return json_answer(request, encoded_activity(request.auth.user.pk, strava_id))


def encoded_activity(athlete_id: int, strava_id: int) -> bytes:
    """Return one of the athlete's activities as JSON. Raise UnknownActivity if it is not one of theirs."""
    row = rows_for_lists(athlete_id).filter(strava_id=strava_id).first()
    if row is None:
        raise decisions.UnknownActivity(strava_id)
    return compact(item_of(row)).encode()

"""A person's parkruns: list them, add, change and remove one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django.http import HttpResponse
from ninja import Router

from strava_live.accounts.models import User
from strava_live.api.answers import json_answer, no_content
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.errors import ApiError, invalid
from strava_live.api.once import ApiAnswer, once
from strava_live.api.paging import page_bytes
from strava_live.error_codes import ErrorCode
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.counting import CountedParkrun, count_parkruns, count_volunteering
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import result_of, starting_numbers
from strava_live.parkrun.statements import Statement, clean_note, faults_of
from strava_live.protocol import BadDates, compact, parse_day
from strava_live.protocol.api_athlete import How, ResultBody, ResultChangeBody, ResultShape, ResultsPage, SourceWord
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_athlete import RESULT, RESULTS_PAGE, TYPED_RESULT
from strava_live.protocol.fields import Id
from strava_live.sync.results_by_hand import add_result, change_result, remove_result
from strava_live.time_zones import today_in

router = Router(tags=["Parkruns"])
NOTHING_SAID = Statement(how="", volunteered=False)


@router.get("/parkruns", **documented(ResultsPage, example=RESULTS_PAGE, errors=(422,)))
def list_parkruns(request: ApiRequest, cursor: str = "") -> HttpResponse:
    """List your parkruns, newest first."""
    athlete_id = request.auth.user.pk
    window = ParkrunResult.objects.of(athlete_id).shown().window(PAGE_SIZE, cursor)
    return json_answer(request, page_bytes(request, encoded_results(athlete_id, window.rows), window))


@router.post("/parkruns", **documented(ResultShape, example=TYPED_RESULT, status=201, errors=(403, 409, 422)))
def add_parkrun(request: ApiRequest, body: ResultBody) -> HttpResponse:
    """Add a parkrun. If an import finds the same one, the two become one."""
    user = request.auth.user

    def create() -> ApiAnswer:
        event, day = find_event(user.pk, body.event), read_day(body.date)
        said = replace(NOTHING_SAID, **statement_fields(body))
        check(user, said, event, day=day)
        return ApiAnswer(201, encoded_result(user.pk, add_result(user.pk, event, day, said).pk))

    return once(request, create)


@router.patch("/parkruns/{int:result_id}", **documented(ResultShape, example=RESULT, errors=(403, 404, 422)))
def change_parkrun(request: ApiRequest, result_id: Id, body: ResultChangeBody) -> HttpResponse:
    """Change one of your parkruns. Its event and date stay: remove it and add another one instead."""
    user = request.auth.user
    with athlete_lock(user.pk):  # the fields that the body leaves out must not change between reading and writing
        row = result_of(user.pk, result_id)
        if fields := statement_fields(body):
            said = replace(statement_so_far(row), **fields)
            check(user, said, row.event, recorded=row.activity is not None)
            change_result(user.pk, result_id, said)
    return json_answer(request, encoded_result(user.pk, result_id))


@router.delete("/parkruns/{int:result_id}", **documented(None, example=None, status=204, errors=(403, 404, 422)))
def remove_parkrun(request: ApiRequest, result_id: Id) -> HttpResponse:
    """Remove one of your parkruns. Its activity, if there is one, counts as no parkrun from then on."""
    remove_result(request.auth.user.pk, result_id)
    return no_content()


def find_event(athlete_id: int, slug: str) -> ParkrunEvent:
    """Return the event that has this slug, or had it formerly: a listed event, or one of the athlete's own."""
    listed = catalogue.atlas().by_slug(slug)
    event = ParkrunEvent.objects.known_to(athlete_id).filter(slug=listed.slug if listed else slug).first()
    if event is None:
        raise invalid({"event": "We don't know an event with this slug."})
    return event


def read_day(text: str) -> date:
    try:
        day = parse_day(text)
    except BadDates as error:
        raise refused({"date": str(error)}) from None
    if day is None:
        raise refused({"date": "When was it?"})
    return day


def statement_fields(body: ResultBody | ResultChangeBody) -> dict[str, Any]:
    """Return the fields of `Statement` that the body has."""
    given = body.model_dump(include={"how", "volunteered", "official_time_s", "position", "note"}, exclude_unset=True)
    if "how" in given:
        given["how"] = given["how"] or ""
    if "note" in given:
        given["note"] = clean_note(given["note"])
    return given


def statement_so_far(row: ParkrunResult) -> Statement:
    return Statement(
        how=row.on_foot,
        volunteered=row.volunteered,
        official_time_s=row.official_time_s,
        position=row.position,
        note=row.note,
    )


def check(user: User, said: Statement, event: ParkrunEvent, *, day: date | None = None, recorded: bool = False) -> None:
    """Raise ApiError if the statement, or the day of a new parkrun, cannot be right."""
    today, junior = today_in(user.time_zone), event.series == ParkrunEvent.Series.JUNIOR
    faults = faults_of(said, day=day, today=today, junior=junior, recorded=recorded)
    if faults:
        raise refused({"date" if field == "day" else field: sentence for field, sentence in faults.items()})


def refused(fields: Mapping[str, str]) -> ApiError:
    """Return the error for these fields. It has a code of its own if only the date is not valid."""
    if list(fields) == ["date"]:
        return ApiError(ErrorCode.BAD_DATES, fields["date"], fields=fields)
    return invalid(fields)


def encoded_result(athlete_id: int, pk: int) -> bytes:
    return encoded_results(athlete_id, [result_of(athlete_id, pk)])[0]


def encoded_results(athlete_id: int, rows: Iterable[ParkrunResult]) -> list[bytes]:
    """Return these results of the athlete as JSON. All results are counted, because each has its number among them."""
    facts, start = ParkrunResult.objects.of(athlete_id).facts(), starting_numbers(athlete_id)
    numbers = count_parkruns(facts, parkruns=start.parkruns, juniors=start.juniors)
    helped = count_volunteering(facts, volunteered=start.volunteered)
    return [compact(result_shape(row, numbers.get(row.pk), helped.get(row.pk))).encode() for row in rows]


def result_shape(row: ParkrunResult, number: CountedParkrun | None, volunteer_count: int | None) -> ResultShape:
    return {
        "id": row.pk,
        "event": row.event.slug,
        "event_name": row.event.name,
        "date": row.day.isoformat(),
        "junior": row.event.series == ParkrunEvent.Series.JUNIOR,
        "how": cast("How", row.on_foot) or None,
        "volunteered": row.volunteered,
        "time_s": row.time_s,
        "official_time_s": row.official_time_s,
        "position": row.position,
        "note": row.note,
        "count": number.count if number else None,
        "first_here": bool(number and number.first_here),
        "best": number.best if number else None,
        "volunteer_count": volunteer_count,
        "source": cast("SourceWord", row.source),
        "strava_id": row.activity.strava_id if row.activity else None,
        "url": row.activity.url if row.activity else None,
    }

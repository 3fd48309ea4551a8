"""Strava's API under /api/v3: athletes, activities, streams, clubs. Most endpoints for clubs answer as removed."""

from simulators.http import JSON, Request, Response, Router, json_response
from simulators.strava import answers, gate
from simulators.strava.activity import Activity, detail
from simulators.strava.athletes import may_see, profile
from simulators.strava.site import Site
from simulators.strava.streams import streams
from simulators.strava.tokens import Grant

PER_PAGE = 30
MOST_PER_PAGE = 200


class BadNumberError(ValueError):
    """A parameter of a request is not a number. The message is the parameter's name."""


class Api:
    """The endpoints that require an access token."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self, router: Router, prefix: str) -> None:
        site = self._site
        router.add("GET", f"{prefix}/athlete", gate.with_token(site, "athlete", self._athlete))
        router.add("GET", f"{prefix}/athlete/activities", gate.with_token(site, "activities", self._activities))
        router.add("GET", f"{prefix}/activities/{{id}}", gate.with_token(site, "activity", self._activity))
        streams_call = gate.with_token(site, "streams", self._streams, tell_limits=False)
        router.add("GET", f"{prefix}/activities/{{id}}/streams", streams_call)
        router.add("GET", f"{prefix}/athlete/clubs", gate.with_token(site, "clubs", _no_clubs))
        router.add("GET", f"{prefix}/clubs/{{id}}", gate.with_token(site, "clubs", _club))
        router.add("GET", f"{prefix}/clubs/{{id}}/activities", gate.with_token(site, "clubs", _club_activities))
        for gone in ("members", "admins"):
            router.add("GET", f"{prefix}/clubs/{{id}}/{gone}", gate.with_token(site, "clubs", _club_people))

    async def _athlete(self, _request: Request, grant: Grant) -> Response:
        athlete = self._site.athlete(grant.athlete_id)
        return json_response(profile(athlete, detailed="profile:read_all" in grant.scopes))

    async def _activities(self, request: Request, grant: Grant) -> Response:
        if not grant.reads_activities:
            return answers.scope_missing("activity:read_permission")
        try:
            before, after = _number(request, "before"), _number(request, "after")
            page, per_page = _number(request, "page") or 1, _number(request, "per_page") or PER_PAGE
        except BadNumberError as error:
            return answers.bad_request("Application", str(error), "invalid")
        if after is not None and after > self._site.clock():
            return answers.bad_request("Application", "after", "future")
        athlete = self._site.athlete(grant.athlete_id)
        per_page = min(max(per_page, 1), MOST_PER_PAGE)
        cut = athlete.timeline.page(before=before, after=after, page=max(page, 1), per_page=per_page)
        precise = self._precise(grant)
        given = [one.written(precise=precise) for one in cut if self._is_listed(one, grant)]
        self._site.churn(athlete)
        return Response(_as_list(given), content_type=JSON)

    async def _activity(self, request: Request, grant: Grant) -> Response:
        activity = self._own(request, grant)
        return json_response(detail(activity, precise=self._precise(grant))) if activity else answers.not_found()

    async def _streams(self, request: Request, grant: Grant) -> Response:
        activity = self._own(request, grant)
        if activity is None or activity.manual:
            return answers.not_found()
        if request.query.get("key_by_type") not in ("true", "1"):
            return answers.bad_request("Application", "key_by_type", "invalid")
        return json_response(streams(activity, request.query.get("keys", "").split(",")))

    def _own(self, request: Request, grant: Grant) -> Activity | None:
        number = request.params["id"]
        timeline = self._site.athlete(grant.athlete_id).timeline
        activity = timeline.get(int(number)) if number.isdecimal() and grant.reads_activities else None
        found = activity and activity.found_from <= self._site.clock()
        return activity if activity and found and may_see(activity, private_too=grant.reads_private) else None

    def _is_listed(self, activity: Activity, grant: Grant) -> bool:
        listed = self._site.settings.listed_at_once or activity.found_from <= self._site.clock()
        return listed and may_see(activity, private_too=grant.reads_private)

    def _precise(self, grant: Grant) -> bool:
        return grant.reads_private or not self._site.settings.round_coordinates


def _number(request: Request, name: str) -> int | None:
    text = request.query.get(name)
    try:
        return None if text in (None, "") else int(str(text))
    except ValueError:
        raise BadNumberError(name) from None


def _as_list(items: list[bytes]) -> list[bytes]:
    """Return a JSON array in pieces of one activity each, so that a fault can stop between them."""
    if not items:
        return [b"[]"]
    return [b"[" + items[0], *(b"," + item for item in items[1:]), b"]"]


async def _no_clubs(_request: Request, _grant: Grant) -> Response:
    return json_response([])


async def _club(request: Request, _grant: Grant) -> Response:
    number = request.params["id"]
    return json_response({"id": int(number) if number.isdecimal() else 0, "resource_state": 3, "name": "A club"})


async def _club_activities(_request: Request, _grant: Grant) -> Response:
    """Answer as Strava does since it removed this endpoint on 2026-09-01."""
    return answers.refusal(404, "Record Not Found", "resource", "path", "invalid")


async def _club_people(_request: Request, _grant: Grant) -> Response:
    """Answer as Strava does since it removed the endpoints for a club's members and admins."""
    return answers.refusal(401, "Authorization Error", "Application", "internal", "invalid")

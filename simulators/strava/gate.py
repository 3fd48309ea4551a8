"""What happens around Strava's handlers: the call is counted, faults apply, token and rate limits are checked."""

from collections.abc import Awaitable, Callable

from simulators.faults import Effects
from simulators.http import Handler, HangUpError, Request, Response
from simulators.strava import answers
from simulators.strava.site import Call, Site
from simulators.strava.tokens import Grant

Granted = Callable[[Request, Grant], Awaitable[Response]]
"""A handler of calls with an access token, which gets the token's grant."""


def open_to_all(site: Site, endpoint: str, handler: Handler) -> Handler:
    """Wrap a handler of calls without an access token: count them and apply faults. They have no rate limits."""

    async def call(request: Request) -> Response:
        site.calls[endpoint] += 1
        effects = await _meet_faults(site, endpoint, None)
        response = answers.faulty(effects.answer) if effects.answer else await handler(request)
        return _finish(site, endpoint, effects, response)

    return call


def with_token(site: Site, endpoint: str, handler: Granted, *, tell_limits: bool = True) -> Handler:
    """Wrap a handler of API calls: count them, apply faults, and check the token and the rate limits.

    Calls with expired tokens count for the limits too. `tell_limits`: send the limits in headers.
    """

    async def call(request: Request) -> Response:
        began = site.clock()
        site.calls[endpoint] += 1
        token = bearer(request)
        grant = site.tokens.access(token)
        effects = await _meet_faults(site, endpoint, grant.athlete_id if grant else None)
        exceeded = site.limits.spend() if site.tokens.knows(token) else None
        if effects.answer:
            response = answers.faulty(effects.answer)
        elif exceeded:
            response = answers.rate_limited(exceeded)
        elif grant is None:
            response = answers.unauthorized()
        else:
            response = await handler(request, grant)
        if tell_limits and site.tokens.knows(token):
            response.headers |= site.limits.headers()
        site.last_calls.append(Call(endpoint, grant.athlete_id if grant else None, began, site.clock()))
        return _finish(site, endpoint, effects, response)

    return call


def bearer(request: Request) -> str:
    """Return the access token of a request: from its header, query or form, all of which Strava allows."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return request.query.get("access_token") or request.form().get("access_token", [""])[0]


async def _meet_faults(site: Site, endpoint: str, athlete_id: int | None) -> Effects:
    try:
        return await site.faults.meet(endpoint, athlete_id)
    except HangUpError:
        site.statuses[f"{endpoint} dropped"] += 1
        raise


def _finish(site: Site, endpoint: str, effects: Effects, response: Response) -> Response:
    site.statuses[f"{endpoint} {response.status}"] += 1
    return site.faults.spoil(effects, response)

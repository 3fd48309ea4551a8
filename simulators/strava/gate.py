"""The checks before every handler: counting, faults, the token and the limits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from simulators.http import Handler, HangUpError, Request, Response
from simulators.strava import answers
from simulators.strava.faults import Effects, Fault
from simulators.strava.site import Site
from simulators.strava.tokens import Grant

Granted = Callable[[Request, Grant], Awaitable[Response]]
HOLD_LOOK_S = 0.01


def open_to_all(site: Site, endpoint: str, handler: Handler) -> Handler:
    """Checks for calls without an access token, which have no limits."""

    async def call(request: Request) -> Response:
        site.calls[endpoint] += 1
        effects = await _suffer(site, endpoint, None)
        response = answers.faulty(effects.answer) if effects.answer else await handler(request)
        return _leave(site, endpoint, effects, response)

    return call


def with_token(site: Site, endpoint: str, handler: Granted, *, tell_limits: bool = True) -> Handler:
    """Checks for API calls: a valid token, and room in the limits. Calls with expired tokens count too."""

    async def call(request: Request) -> Response:
        site.calls[endpoint] += 1
        token = bearer(request)
        grant = site.tokens.access(token)
        effects = await _suffer(site, endpoint, grant.athlete_id if grant else None)
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
        return _leave(site, endpoint, effects, response)

    return call


def bearer(request: Request) -> str:
    """Return the access token from the header, the query or the form. Strava still allows all three."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return request.query.get("access_token") or request.form().get("access_token", [""])[0]


async def _suffer(site: Site, endpoint: str, athlete_id: int | None) -> Effects:
    effects = site.faults.effects(endpoint, athlete_id)
    if effects.latency_s:
        await asyncio.sleep(effects.latency_s)
    if effects.held_by:
        await _switched_off(site, effects.held_by)
    if effects.drop:
        site.statuses[f"{endpoint} dropped"] += 1
        raise HangUpError
    return effects


def _leave(site: Site, endpoint: str, effects: Effects, response: Response) -> Response:
    site.statuses[f"{endpoint} {response.status}"] += 1
    if effects.lose:
        raise HangUpError
    response.cut_after = effects.cut_after
    if (effects.drip_s or effects.paused_by) and isinstance(response.body, list):
        response.body = _item_by_item(site, effects, response.body)
    return response


async def _item_by_item(site: Site, effects: Effects, pieces: list[bytes]) -> AsyncIterator[bytes]:
    for number, piece in enumerate(pieces):
        for fault in effects.paused_by:
            if number == fault.items:
                await _switched_off(site, fault)
        yield piece
        await asyncio.sleep(effects.drip_s)


async def _switched_off(site: Site, fault: Fault) -> None:
    while site.faults.is_on(fault):  # noqa: ASYNC110 - many calls may wait for one fault
        await asyncio.sleep(HOLD_LOOK_S)

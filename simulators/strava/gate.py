"""What happens around Strava's handlers: the call is counted, faults apply, token and rate limits are checked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from simulators.http import Handler, HangUpError, Request, Response
from simulators.strava import answers
from simulators.strava.faults import Effects, Fault
from simulators.strava.site import Call, Site
from simulators.strava.tokens import Grant

Granted = Callable[[Request, Grant], Awaitable[Response]]
"""A handler of calls with an access token, which gets the token's grant."""
HOLD_LOOK_S = 0.01
"""How often a call that waits for the end of a fault checks whether the fault is switched off."""


def open_to_all(site: Site, endpoint: str, handler: Handler) -> Handler:
    """Wrap a handler of calls without an access token: count them and apply faults. They have no rate limits."""

    async def call(request: Request) -> Response:
        site.calls[endpoint] += 1
        effects = await _apply_faults(site, endpoint, None)
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
        effects = await _apply_faults(site, endpoint, grant.athlete_id if grant else None)
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


async def _apply_faults(site: Site, endpoint: str, athlete_id: int | None) -> Effects:
    """Wait or hang up as the faults say. Return what they do to the answer."""
    effects = site.faults.effects(endpoint, athlete_id)
    if effects.latency_s:
        await asyncio.sleep(effects.latency_s)
    if effects.held_by:
        await _until_switched_off(site, effects.held_by)
    if effects.drop:
        site.statuses[f"{endpoint} dropped"] += 1
        raise HangUpError
    return effects


def _finish(site: Site, endpoint: str, effects: Effects, response: Response) -> Response:
    """Count the answer, and lose, shorten or slow it down as the faults say."""
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
                await _until_switched_off(site, fault)
        yield piece
        await asyncio.sleep(effects.drip_s)


async def _until_switched_off(site: Site, fault: Fault) -> None:
    while site.faults.is_on(fault):  # noqa: ASYNC110 - many calls may wait for one fault
        await asyncio.sleep(HOLD_LOOK_S)

"""What happens around the OAuth endpoints: calls are counted, faults apply, and errors become JSON."""

from simulators.bucket import errors
from simulators.bucket.oauth_errors import OAuthError
from simulators.bucket.site import Site
from simulators.faults import Fault
from simulators.http import Handler, HangUpError, Request, Response


def counted(site: Site, endpoint: str, handler: Handler) -> Handler:
    """Wrap a handler of an OAuth endpoint."""

    async def call(request: Request) -> Response:
        site.calls[endpoint] += 1
        try:
            effects = await site.faults.meet(endpoint, _username(site, request))
        except HangUpError:
            site.statuses[f"{endpoint} dropped"] += 1
            raise
        try:
            response = _faulty(effects.answer) if effects.answer else await handler(request)
        except OAuthError as error:
            response = error.response()
        site.statuses[f"{endpoint} {response.status}"] += 1
        return site.faults.spoil(effects, response)

    return call


def _username(site: Site, request: Request) -> str | None:
    """Return the person whose token the request has, in its form or header."""
    form = request.form()
    sent = [form.get(name, [""])[0] for name in ("refresh_token", "token")]
    grants = (site.tokens.find(token) for token in [*sent, request.headers.get("authorization", "").partition(" ")[2]])
    return next((grant.username for grant in grants if grant), None)


def _faulty(fault: Fault) -> Response:
    if fault.kind == "invalid_grant":
        raise OAuthError("invalid_grant", "A fault is switched on.")
    if fault.kind != "server_error":
        return errors.faulty(fault)
    response = OAuthError("server_error", "A fault is switched on.").response()
    response.status = fault.status or 500
    return response

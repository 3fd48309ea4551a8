"""Strava's error responses: the same status and JSON as Strava sends."""

from simulators.faults import Fault
from simulators.http import Response, html_response, json_response


def refusal(status: int, message: str, resource: str = "", field: str = "", code: str = "") -> Response:
    """Return an error response: a message and, if `resource` is given, a list of one error."""
    errors = [{"resource": resource, "field": field, "code": code}] if resource else []
    return json_response({"message": message, "errors": errors}, status=status)


def bad_request(resource: str, field: str, code: str) -> Response:
    return refusal(400, "Bad Request", resource, field, code)


def unauthorized() -> Response:
    return refusal(401, "Authorization Error", "Athlete", "access_token", "invalid")


def scope_missing(permission: str) -> Response:
    return refusal(401, "Authorization Error", "AccessToken", permission, "missing")


def not_found(resource: str = "Activity") -> Response:
    return refusal(404, "Record Not Found", resource, "", "not found")


def rate_limited(limit: str = "overall rate limit") -> Response:
    return refusal(429, "Rate Limit Exceeded", "Application", limit, "exceeded")


def faulty(fault: Fault) -> Response:
    """Return the error response that a fault causes."""
    response = _faulty(fault)
    if fault.retry_after:
        response.headers["retry-after"] = fault.retry_after
    return response


def _faulty(fault: Fault) -> Response:
    match fault.kind:
        case "unauthorized":
            return unauthorized()
        case "inactive":
            return refusal(403, "Forbidden", "Application", "Status", "Inactive")
        case "not_found":
            return not_found()
        case "rate_limited":
            return rate_limited()
        case "html":
            return html_response(GATEWAY_PAGE, status=fault.status or 502)
        case "empty":
            return Response(status=fault.status or 404)
        case _:
            return json_response({"message": "error"}, status=fault.status or 500)


GATEWAY_PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>
<H1>502 ERROR</H1><H2>The request could not be satisfied.</H2>
<HR noshade size="1px">We can't connect to the server for this app or website at this time.
</BODY></HTML>
"""

"""Bucket's errors: the same status and JSON as Bucket sends. It has no 401: every invalid token is a 403."""

from simulators.faults import Fault
from simulators.http import Response, html_response, json_response

OWN = "DCD Hub Error"
"""The name of the errors that Bucket's own code raises. Those of libraries have names of their own."""


class BucketError(Exception):
    """An error response. Members that are None are left out."""

    def __init__(
        self, status: int, message: str, *, name: str = OWN, hint: str | None = None, requirements: str | None = None
    ) -> None:
        super().__init__(message)
        members = {"message": message, "name": name, "hint": hint, "requirements": requirements}
        self.status = status
        self.body = {"status": status} | {key: value for key, value in members.items() if value is not None}

    def response(self) -> Response:
        return json_response(self.body, status=self.status)


def denied(hint: str) -> BucketError:
    """Return the only answer to a missing, wrong or expired token, a missing scope, and a path that is not allowed."""
    return BucketError(
        403,
        "Access denied - Authentication information missing, malformed or invalid",
        hint=hint,
        requirements="You must provide a valid bearer token.",
    )


def no_token() -> BucketError:
    return denied("Add 'Authorization' header.")


def no_bearer() -> BucketError:
    return denied("Add 'bearer ' in front of your 'Authorization' token.")


def not_active() -> BucketError:
    """Return the answer to a token that is unknown, expired or revoked, or lacks a scope."""
    return denied("The bearer token is not active")


def not_an_access_token() -> BucketError:
    return denied("The bearer token is not an access token")


def not_allowed() -> BucketError:
    """Return the answer to a path of another person, and to one that does not exist."""
    return denied("Request was not allowed")


def malformed(hint: str) -> BucketError:
    return BucketError(400, "Information missing or malformed", hint=hint)


def field_missing(name: str) -> BucketError:
    return BucketError(400, "Thing information missing or malformed", hint=f"Add field {name}.")


def not_found(hint: str) -> BucketError:
    return BucketError(404, "Resource not found", hint=hint)


def server_error(hint: str) -> BucketError:
    return BucketError(500, "Server error", hint=hint)


def of_library(name: str, message: str) -> BucketError:
    """Return an error of a library that Bucket uses: always a 500, without a hint."""
    return BucketError(500, message, name=name)


def faulty(fault: Fault) -> Response:
    """Return the error response that a fault causes."""
    response = _faulty(fault)
    if fault.retry_after:
        response.headers["Retry-After"] = fault.retry_after
    return response


def _faulty(fault: Fault) -> Response:
    match fault.kind:
        case "not_active":
            return not_active().response()
        case "not_allowed":
            return not_allowed().response()
        case "rate_limited":
            return too_many_requests()
        case "html":
            return html_response(GATEWAY_PAGE, status=fault.status or 502)
        case "empty":
            return Response(status=fault.status or 500)
        case _:
            return json_response(server_error("A fault is switched on.").body, status=fault.status or 500)


def too_many_requests() -> Response:
    text = b"Too many requests, please try again later."
    return Response(text, status=429, content_type="text/html; charset=utf-8")


GATEWAY_PAGE = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""

"""The faults of the stand-in for push services. Each is an answer that a real push service has sent."""

from simulators.faults import SHARED_KINDS, Fault
from simulators.http import Response, html_response, redirect

STATUSES = {
    "refused": 400,
    "forbidden": 403,  # subscribed for another key
    "not_found": 404,
    "not_acceptable": 406,  # how Microsoft's service says that too much is sent
    "gone": 410,
    "rate_limited": 429,
    "server_error": 500,
}
"""The faults that answer with a status. `status` of a fault replaces it."""
KINDS = (
    *STATUSES,
    "html",  # 200, with the HTML page of a proxy
    "redirect",  # 307, to another path here
    *SHARED_KINDS,
)
ENDPOINTS = ("message",)
ELSEWHERE = "/elsewhere"
"""Where the fault `redirect` leads."""


def faulty(fault: Fault) -> Response:
    """Return the answer of a fault."""
    if fault.kind == "html":
        return html_response("<h1>It works!</h1>", status=fault.status or 200)
    if fault.kind == "redirect":
        return redirect(ELSEWHERE, status=307)
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return Response(b"", status=fault.status or STATUSES[fault.kind], headers=headers)

"""Take messages at any path, as a push service does: check the request, store it, answer 201."""

import re
from dataclasses import dataclass, field
from typing import Any

from simulators.http import HangUpError, Request, Response
from simulators.push.browser import Browser, UnreadableError
from simulators.push.faults import faulty
from simulators.push.site import Sent, Site
from simulators.push.vapid import RefusedTokenError, sender_of

LONGEST_BODY = 4096
URGENCIES = ("very-low", "low", "normal", "high")
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(slots=True)
class _Judged:
    """The status that answers a request and the reason for it, with the decrypted message and the token's claims."""

    status: int = 201
    why: str = ""
    text: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)


class PushService:
    """A handler of all requests that are not control calls."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(b"Not found", status=404)
        site = self._site
        received = site.received
        token = request.path.rpartition("/")[2]
        try:
            effects = await site.faults.meet("message", token)
        except HangUpError:
            received.store(self._sent(request, token, _Judged(0, "dropped")))
            raise
        if effects.answer:
            response = faulty(effects.answer)
            received.store(self._sent(request, token, _Judged(response.status, effects.answer.kind)))
        else:
            judged = _judge(request, site.browsers.get(token))
            response = Response(b"", status=judged.status, headers={"Location": f"/message/{token}"})
            received.store(self._sent(request, token, judged))
        return site.faults.spoil(effects, response)

    def _sent(self, request: Request, token: str, judged: _Judged) -> Sent:
        return Sent(
            number=next(self._site.numbers),
            at=self._site.clock(),
            token=token,
            status=judged.status,
            why=judged.why,
            headers=dict(request.headers),
            body=request.body,
            text=judged.text,
            claims=judged.claims,
        )


def _judge(request: Request, browser: Browser | None) -> _Judged:
    """Check a request as push services do."""
    headers = request.headers
    if browser and browser.gone:
        return _Judged(410, "the browser has unsubscribed")
    try:
        sender = sender_of(headers.get("authorization", ""), headers.get("host", ""))
    except RefusedTokenError as error:
        return _Judged(401, str(error))
    judged = _Judged(claims=sender.claims)
    if browser and browser.site_key not in ("", sender.key):
        judged.status, judged.why = 403, "subscribed for another key"
    elif len(request.body) > LONGEST_BODY:
        judged.status, judged.why = 413, f"more than {LONGEST_BODY} bytes"
    elif wrong := _wrong_header(headers):
        judged.status, judged.why = 400, wrong
    elif browser:
        _decrypt(browser, request.body, judged)
    return judged


def _wrong_header(headers: Any) -> str:
    """Return which header is missing or wrong, or ""."""
    if not headers.get("ttl", "").isdigit():
        return "TTL is missing"
    if headers.get("content-encoding") != "aes128gcm":
        return "Content-Encoding is not aes128gcm"
    if "topic" in headers and not TOPIC.fullmatch(headers["topic"]):
        return "Topic is invalid"
    return "" if headers.get("urgency", "normal") in URGENCIES else "Urgency is invalid"


def _decrypt(browser: Browser, body: bytes, judged: _Judged) -> None:
    """Decrypt the message. If that fails, only note why: a push service cannot decrypt, so it accepts any message."""
    try:
        judged.text = browser.decrypt(body).decode()
    except (UnreadableError, UnicodeDecodeError) as error:
        judged.why = f"the browser cannot read it: {error}"

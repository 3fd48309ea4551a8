"""The client for push services.

    push = PushClient(key=VapidKey.read(private_key), contact="club@example.org", extra_hosts=())
    await push.send(PushTarget(endpoint, p256dh, auth), PushMessage(text, ttl_s=86_400, topic="entry-12"))

`send` raises only subclasses of `PushError`. It never repeats a request: the caller does so later. One instance serves
all event loops of a process.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AnyHttpUrl
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from strava_live.http.errors import RequestFailed
from strava_live.http.retry import retry_after
from strava_live.http.transport import Request, Timeouts, body_if_complete, send
from strava_live.push_client.endpoints import require_known_endpoint
from strava_live.push_client.errors import (
    PushDown,
    PushError,
    PushGone,
    PushKeyRefused,
    PushNotUnderstood,
    PushRateLimited,
    PushRequestRefused,
    PushTooLarge,
)
from strava_live.push_client.subscription import PushMessage, PushTarget
from strava_live.push_client.vapid import VapidKey

LONGEST_ANSWER = 16 * 1024
"""The most bytes of an answer's body. It is read only so that the connection can be used again."""
ERRORS: Mapping[int, type[PushError]] = {
    401: PushKeyRefused,
    403: PushKeyRefused,
    404: PushGone,
    406: PushRateLimited,  # Microsoft's service
    410: PushGone,
    413: PushTooLarge,
    429: PushRateLimited,
}


@dataclass(frozen=True, kw_only=True)
class PushClient:
    """Sends encrypted messages of one site."""

    key: VapidKey
    contact: str
    """An email address at which push services reach the operator."""
    extra_hosts: Collection[str] = ()
    """Hosts that may be called besides known push services."""
    timeouts: Timeouts = field(default_factory=Timeouts)

    async def send(self, target: PushTarget, message: PushMessage) -> None:
        """Send one message to one browser. Return once the push service has accepted it."""
        request = self.request(target, message)
        try:
            async with send(request, timeouts=self.timeouts, max_bytes=LONGEST_ANSWER) as response:
                status, headers = response.status, response.headers
                await body_if_complete(response)
        except RequestFailed as failure:
            raise PushDown(str(failure)) from failure
        if (error := error_for(status, headers)) is not None:
            raise error

    def request(self, target: PushTarget, message: PushMessage) -> Request:
        """Return the request with the encrypted message. Raise PushError if the endpoint or the keys are unusable."""
        require_known_endpoint(target.endpoint, self.extra_hosts)
        target.require_keys()
        encrypted = encrypter(self.key, self.contact).get(
            message.text,
            WebPushSubscription(
                endpoint=AnyHttpUrl(target.endpoint), keys=WebPushKeys(auth=target.auth, p256dh=target.p256dh)
            ),
        )
        own = {
            "ttl": str(message.ttl_s),
            "topic": message.topic,
            "urgency": message.urgency,
            "content-type": "application/octet-stream",
        }
        return Request("POST", target.endpoint, content=encrypted.encrypted, more_headers={**encrypted.headers, **own})


@lru_cache(maxsize=4)
def encrypter(key: VapidKey, contact: str) -> WebPush:
    """Return the object that encrypts and signs. It holds the parsed private key, so no message parses it again."""
    push = WebPush(key.private_pem, key.public_pem, contact)
    push.vapid.private_key = load_pem_private_key(key.private_pem, password=None)
    return push


def error_for(status: int, headers: Mapping[str, str]) -> PushError | None:
    """Return the error that an answer means, or None if the message was accepted."""
    if 200 <= status < 300 and "html" not in headers.get("content-type", ""):
        return None
    if kind := ERRORS.get(status):
        error = kind(str(status))
    elif status >= 500:
        error = PushDown(str(status))
    elif status >= 400:
        error = PushRequestRefused(str(status))
    else:
        error = PushNotUnderstood(str(status))
    error.retry_after = retry_after(headers)
    return error

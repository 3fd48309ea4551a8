"""The errors of sending to a push service. All are subclasses of PushError.

    PushError
    ├── PushAddressRefused      the endpoint is not at a known push service   never call it
    ├── PushKeysInvalid         nothing can be encrypted with these keys      delete the subscription
    ├── PushGone                404 or 410: the browser has unsubscribed      delete the subscription
    ├── PushKeyRefused          401 or 403: subscribed for another key        delete it; the browser subscribes again
    ├── PushTooLarge            the message has too many bytes                never retry
    ├── PushRequestRefused      another 4xx: the service refuses the request  never retry
    └── PushUnavailable         it may be accepted later                      retry after `retry_after` at least
        ├── PushRateLimited     429, or 406 of Microsoft's service
        ├── PushDown            no connection, a 5xx, or a timeout
        └── PushNotUnderstood   a redirect, a page, or another answer that no push service sends

`str(error)` is for the log. It never has an endpoint, which is a secret, nor a key.
"""


class PushError(Exception):
    """Base class. Only its subclasses are raised."""

    retry_after = 0.0
    """Seconds that the push service asked us to wait; 0 if it named none."""


class PushAddressRefused(PushError):
    """The endpoint is not at a known push service, so the site does not call it."""


class PushKeysInvalid(PushError):
    """The keys of the subscription are not keys."""


class PushGone(PushError):
    """The push service does not know the subscription, or no longer knows it."""


class PushKeyRefused(PushError):
    """The subscription was made for another key than this site's, or the push service does not accept our token."""


class PushTooLarge(PushError):
    """The message has more bytes than a push service takes."""


class PushRequestRefused(PushError):
    """The push service refuses the request, and would refuse it again."""


class PushUnavailable(PushError):
    """The message was not accepted now, and may be accepted later."""


class PushRateLimited(PushUnavailable):
    """Too many messages were sent, to this subscription or in all."""


class PushDown(PushUnavailable):
    """The push service cannot be reached, fails, or does not answer in time."""


class PushNotUnderstood(PushUnavailable):
    """No push service sends such an answer."""

"""The errors of requests that got no usable response."""


class TemporaryError(Exception):
    """The same request may succeed later. A client derives from this class those of its errors that it retries."""

    retry_after = 0.0
    """Seconds that the service asked us to wait; 0 if it named none."""


class RequestFailed(TemporaryError):
    """There was no connection, it broke off, or the response was not complete in time."""


class BodyTooLong(TemporaryError):
    """The response has more bytes than the caller accepts."""


class NotJson(TemporaryError):
    """The body of a response is not JSON, for example because it was cut off, or because a proxy sent a page."""

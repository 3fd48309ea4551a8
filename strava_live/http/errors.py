"""Why a request got no usable response, whatever service it was sent to."""


class TemporaryError(Exception):
    """The same request may succeed later. Each client derives its own retried errors from this class."""

    retry_after = 0.0
    """Seconds that the service asked us to wait; 0 if it named none."""


class RequestFailed(TemporaryError):
    """No connection, no complete response in time, or a connection that broke off."""


class BodyTooLong(TemporaryError):
    """The response has more bytes than the caller accepts."""

"""The HTTP half of our daphne.

Daphne 4.2.3 sends the body of an answer to HEAD from its second piece on, and the client reads it as the next answer.
"""

from typing import Any

from daphne.http_protocol import WebRequest
from twisted.web import http


class LimitedRequest(WebRequest):
    def handle_reply(self, message: dict[str, Any]) -> None:
        """Drop the body where the answer has none. Twisted does so in `write`, which daphne goes past."""
        if message.get("type") == "http.response.body" and (self.method == b"HEAD" or self.code in http.NO_BODY_CODES):
            message = message | {"body": b""}
        super().handle_reply(message)


class LimitedChannel(http.HTTPChannel):
    """One connection."""

    def connectionMade(self) -> None:  # noqa: N802 Twisted's name
        self.requestFactory = LimitedRequest  # instead of the one that daphne's factory has just set
        super().connectionMade()

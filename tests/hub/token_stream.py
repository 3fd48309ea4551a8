"""A stream of a club's feed that was opened with an API token, as the hub sees it: a connection that joins a room."""

import time
from typing import Any

from strava_live.hub.client_writers import AsgiClientWriter
from strava_live.hub.connections import Connection
from strava_live.hub.hub import hub
from tests.hub.in_process_socket import eventually


class TokenStream:
    """One connection that is authorized by the secret of a token, and what the hub writes to its client."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def open(self, secret: str, slug: str = "striders") -> "TokenStream":
        """Authorize, register and join the room of the club. Raise ConnectionRefused like the hub."""
        here, requested_at = hub(), time.monotonic()
        token = await here.authorizer.token(secret)
        access = await here.authorizer.member_by_id(token.user.pk, slug)
        connection = Connection(self.writer(), user_id=token.user.pk, token_id=token.token_id, feed_access=access)
        here.register(connection, requested_at=requested_at)
        await here.join_room(connection, access, None)
        await eventually(lambda: self.sent)
        return self

    def writer(self) -> AsgiClientWriter:
        return AsgiClientWriter(self.send)

    async def send(self, event: dict[str, Any]) -> None:
        self.sent.append(event)

    @property
    def code(self) -> int | None:
        """The code with which the hub has closed the connection; None while it is open."""
        return next((event["code"] for event in self.sent if event["type"] == "websocket.close"), None)

    async def close_code(self) -> int | None:
        await eventually(lambda: self.code is not None)
        return self.code

"""/ws/screens/<key>/: the socket that shows a club's feed on a wall screen, such as a television in the club's café.

The secret key in the path is the only permission. The socket takes no commands.
"""

from collections.abc import Mapping

from strava_live.accounts.encryption import digest_of
from strava_live.hub.connections import Connection
from strava_live.hub.hub import hub
from strava_live.live.socket import Scope, Send, Socket
from strava_live.protocol import SCREEN_COMMANDS, Position, parse_position


class ScreenSocket(Socket):
    __slots__ = ("digest",)

    commands = SCREEN_COMMANDS

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.digest = digest_of(scope["url_route"]["kwargs"]["key"])

    def read_after(self, query: Mapping[str, str]) -> Position | None:
        return parse_position(query)

    async def open(self) -> None:
        access = await hub().authorizer.screen(self.digest)
        connection = Connection(self.writer, feed_access=access)
        self.register(connection)
        await hub().join_room(connection, access, self.after)

"""/ws/screens/<key>/: a club's feed for a wall screen. The key is the only permission; commands are not accepted."""

from collections.abc import Mapping

from strava_live.clubs.models import digest_of
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

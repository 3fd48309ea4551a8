"""/ws/screens/<key>/: a club's feed for a wall. Whoever has the key sees it; it may look on and nothing else."""

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

    async def enter(self) -> None:
        screen = await hub().authorizer.screen(self.digest)
        connection = Connection(self.writer, feed_access=screen)
        self.register(connection)
        await hub().join_room(connection, screen, self.after)

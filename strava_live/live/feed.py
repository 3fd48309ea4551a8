"""Base class of sockets that show a club's feed, to a member or on a wall screen."""

from collections.abc import Mapping

from strava_live.hub.connections import Connection
from strava_live.hub.hub import hub
from strava_live.live.socket import Socket
from strava_live.protocol import Position, parse_position


class FeedSocket(Socket):
    __slots__ = ()

    def read_after(self, query: Mapping[str, str]) -> Position | None:
        return parse_position(query)

    async def begin(self, connection: Connection) -> None:
        if access := connection.feed_access:
            await hub().join_room(connection, access, self.after)

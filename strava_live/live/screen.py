"""/ws/screens/<key>/: the socket that shows a club's feed on a wall screen, such as a television in the club's café.

The secret key in the path is the only permission. The socket takes no commands.
"""

from strava_live.accounts.encryption import digest_of
from strava_live.hub.connections import Connection
from strava_live.hub.hub import hub
from strava_live.live.feed import FeedSocket
from strava_live.live.socket import Scope, Send
from strava_live.protocol import SCREEN_COMMANDS


class ScreenSocket(FeedSocket):
    __slots__ = ("digest",)

    commands = SCREEN_COMMANDS

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.digest = digest_of(scope["url_route"]["kwargs"]["key"])

    async def authorize(self) -> Connection:
        access = await hub().authorizer.screen(self.digest)
        return Connection(self.writer, feed_access=access)

"""/ws/screens/<key>/: a club's feed for a wall. Whoever has the key sees it; it may look on and nothing else."""

from strava_live.clubs.models import digest_of
from strava_live.hub.guests import Guest
from strava_live.hub.hub import hub
from strava_live.live.socket import Scope, Send, Socket
from strava_live.protocol import SCREEN_COMMANDS, position_at


class ScreenSocket(Socket):
    __slots__ = ("digest",)

    commands = SCREEN_COMMANDS
    read_after = staticmethod(position_at)

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self.digest = digest_of(scope["url_route"]["kwargs"]["key"])

    async def enter(self) -> None:
        screen = await hub().doorman.screen(self.digest)
        guest = Guest(self.line, admitted=screen)
        self.take_in(guest)
        await hub().enter_room(guest, screen, self.after)

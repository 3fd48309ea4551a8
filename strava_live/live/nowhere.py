"""An address at which there is no socket: closed with words rather than with a traceback in the log."""

from channels.generic.websocket import AsyncWebsocketConsumer

from strava_live.protocol import Close


class Nowhere(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.close(Close.NOT_THERE)

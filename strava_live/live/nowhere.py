"""An address at which there is no socket: closed with words rather than with a traceback in the log."""

from strava_live.live.socket import Receive, Scope, Send
from strava_live.protocol import Close


async def nowhere(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": Close.NOT_THERE})

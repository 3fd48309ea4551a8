"""Telling whoever watches: the names of groups, and announce(), the only code that writes to the channel layer.

What is announced has been committed before. An announcement may be lost; nobody misses anything by it, because a
redial is served from the tables. So whoever announces never fails for it.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import NamedTuple

from channels.layers import get_channel_layer

from strava_live.protocol import Message, frame

logger = logging.getLogger(__name__)


class Marks(NamedTuple):
    """Where an athlete's counter stood before the changes that are announced, and where it stands with them."""

    before: int
    now: int


def athlete_group(athlete_id: int) -> str:
    """Every socket of one athlete's own Strava."""
    return f"athlete.{athlete_id}"


def session_group(session_key: str) -> str:
    """Every socket of one sign-in. Hashed: whoever reads the layer's names must not be able to sign in with them."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


async def announce(group: str, messages: Sequence[Message], *, marks: Marks | None = None) -> None:
    """Encoded here once, however many sockets there are. `marks` lets a socket notice that it has missed something."""
    event: dict[str, object] = {"type": "tell", "frame": frame([message.wire() for message in messages])}
    if marks is not None:
        event |= {"before": marks.before, "mark": marks.now}
    await send(group, event)


async def close_sockets(group: str, code: int) -> None:
    await send(group, {"type": "leave", "code": code})


async def send(group: str, event: dict[str, object]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, event)
    except Exception as error:
        logger.warning("an announcement was lost", extra={"group": group, "reason": repr(error)})

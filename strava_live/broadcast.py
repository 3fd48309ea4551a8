"""Telling whoever watches: the names of groups, and announce(), the only code that writes to the channel layer.

What is announced has been committed before. An announcement may be lost; nobody misses anything by it, because a
redial is served from the tables. So whoever announces never fails for it.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from channels.layers import get_channel_layer

from strava_live.protocol import Message, frame

logger = logging.getLogger(__name__)

EVICTIONS = "doors"
"""Every process listens here: who may stay no longer is shown out wherever they are."""
unsent_evictions: deque[dict[str, object]] = deque(maxlen=1000)
"""Those that this process could not publish. What does not fit any more is found by the regular recheck."""


class Marks(NamedTuple):
    """Where an athlete's counter stood before the changes that are announced, and where it stands with them."""

    before: int
    now: int


class About(NamedTuple):
    """The run that a message is about, and whether the run is over with it."""

    run_id: int
    over: bool


class News(NamedTuple):
    """One number of a club: its message as members get it and as screens get it, encoded once for everybody."""

    seq: int
    members: str
    screens: str


def athlete_group(athlete_id: int) -> str:
    """Every socket of one athlete's own Strava."""
    return f"athlete.{athlete_id}"


def club_group(club_id: int) -> str:
    """Every process in which somebody watches this club."""
    return f"club.{club_id}"


def session_group(session_key: str) -> str:
    """Every socket of one sign-in. Hashed: whoever reads the layer's names must not be able to sign in with them."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


def person_name(user_id: int) -> str:
    """All sockets of a person, whichever sign-in they rest on, for the doors."""
    return f"person.{user_id}"


def member_name(club_id: int, user_id: int) -> str:
    """The sockets of one member in one club, for the doors."""
    return f"member.{club_id}.{user_id}"


def screen_name(screen_id: int) -> str:
    """The sockets of one wall screen, for the doors."""
    return f"screen.{screen_id}"


async def announce(
    group: str, messages: Sequence[Message], *, marks: Marks | None = None, about: About | None = None
) -> None:
    """Encoded here once, however many sockets there are. `marks` lets a socket notice that it has missed something,
    `about` that a message comes after the end of its run."""
    event: dict[str, object] = {
        "type": "tell",
        "group": group,
        "frame": frame([message.wire() for message in messages]),
    }
    if marks is not None:
        event |= {"before": marks.before, "mark": marks.now}
    if about is not None:
        event |= {"run": about.run_id, "over": about.over}
    await send(group, event)


async def announce_news(club_id: int, news: Sequence[News]) -> None:
    """What is new in a club, in the order of its numbers and without a gap between them."""
    await send(club_group(club_id), {"type": "club.news", "club": club_id, "news": [list(one) for one in news]})


async def announce_reset(club_id: int, seq: int) -> None:
    """More is new in a club than anybody wants to be told one by one."""
    await send(club_group(club_id), {"type": "club.reset", "club": club_id, "seq": seq})


async def announce_figures(club_id: int) -> None:
    """What a club's walls count is another, whether or not there is anything new to read."""
    await send(club_group(club_id), {"type": "club.figures", "club": club_id})


async def announce_to_member(club_id: int, user_id: int, message: Message) -> None:
    """What is one member's own affair, to all their sockets in this club."""
    event = {"type": "club.personal", "club": club_id, "user": user_id, "frame": frame([message.wire()])}
    await send(club_group(club_id), event)


async def close_sockets(name: str, code: int, evictions: int | None = None) -> None:
    """`name` is a session's, a person's, a member's or a screen's.

    With `evictions`, the club's eviction number of a removal, only connections that were authorized before it close: an
    announcement that arrives late leaves alone who has joined again since."""
    event = {"type": "leave", "whom": name, "code": code, "evictions": evictions}
    if not await send(EVICTIONS, event):
        unsent_evictions.append(event)


async def resend_evictions() -> None:
    """Publish the evictions that failed before, oldest first. Each hub calls this every few seconds."""
    while unsent_evictions:
        event = unsent_evictions.popleft()
        if not await send(EVICTIONS, event):
            unsent_evictions.appendleft(event)
            return


async def ping_hubs(process: str, number: int) -> None:
    """Publish where evictions are published, so that a process learns whether it would hear one."""
    await send(EVICTIONS, {"type": "ping", "process": process, "number": number})


async def send(group: str, event: dict[str, object]) -> bool:
    """Return whether the layer has taken it."""
    layer = get_channel_layer()
    if layer is None:
        return True
    try:
        await layer.group_send(group, event)
    except Exception as error:
        logger.warning("an announcement was lost", extra={"group": group, "reason": repr(error)})
        return False
    return True

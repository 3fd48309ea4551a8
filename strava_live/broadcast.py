"""Write to the channel layer: `announce` and its relatives, and the names of the groups. No other code writes to it.

Announce a change only after its transaction is committed. The layer may lose an announcement, so a failure to announce
is logged and never raised: clients read what they missed from the tables.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from channels.layers import get_channel_layer

from strava_live.protocol import Message, frame

logger = logging.getLogger(__name__)

EVICTIONS = "evictions"
"""Group of every hub. Its events say which sockets to close."""
unsent_evictions: deque[dict[str, object]] = deque(maxlen=1000)
"""Evictions that this process failed to publish. If the deque overflows, the regular recheck finds the oldest."""


class Marks(NamedTuple):
    """An athlete's change counter before the announced changes, and after them."""

    before: int
    now: int


class About(NamedTuple):
    """The run that a message is about, and whether this message ends the run."""

    run_id: int
    over: bool


class EncodedChange(NamedTuple):
    """One numbered change of a club's feed, encoded once as members get it and once as screens get it."""

    seq: int
    members: str
    screens: str


def athlete_group(athlete_id: int) -> str:
    """Return the group of an athlete's /ws/sync/ sockets."""
    return f"athlete.{athlete_id}"


def club_group(club_id: int) -> str:
    """Return the group of the hubs that have a connection watching this club."""
    return f"club.{club_id}"


def session_target(session_key: str) -> str:
    """Return the eviction target of one session. Hashed, so that Redis never holds a key that signs in."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


def person_target(user_id: int) -> str:
    """Return the eviction target of a person: all their sockets, in every session."""
    return f"person.{user_id}"


def member_target(club_id: int, user_id: int) -> str:
    """Return the eviction target of one member of one club."""
    return f"member.{club_id}.{user_id}"


def screen_target(screen_id: int) -> str:
    """Return the eviction target of one wall screen."""
    return f"screen.{screen_id}"


async def announce(
    group: str, messages: Sequence[Message], *, marks: Marks | None = None, about: About | None = None
) -> None:
    """Send messages to the sockets of a group, encoded once as one frame.

    With `marks`, a socket can tell that it missed an earlier change. With `about`, it can drop a message that arrives
    after the end of its run.
    """
    event: dict[str, object] = {
        "type": "frame",
        "group": group,
        "frame": frame([message.wire() for message in messages]),
    }
    if marks is not None:
        event |= {"before": marks.before, "mark": marks.now}
    if about is not None:
        event |= {"run": about.run_id, "over": about.over}
    await send(group, event)


async def announce_changes(club_id: int, news: Sequence[EncodedChange]) -> None:
    """Send changes of a club's feed, in the order of their numbers and without a gap."""
    await send(club_group(club_id), {"type": "club.changes", "club": club_id, "changes": [list(one) for one in news]})


async def announce_reset(club_id: int, seq: int) -> None:
    """Tell clients to read the feed again from the table: it is at `seq`, too many changes away to send each."""
    await send(club_group(club_id), {"type": "club.reset", "club": club_id, "seq": seq})


async def announce_figures(club_id: int) -> None:
    """Tell a club's screens to fetch their figures again."""
    await send(club_group(club_id), {"type": "club.figures", "club": club_id})


async def announce_to_member(club_id: int, user_id: int, message: Message) -> None:
    """Send a message to all sockets that one member has in a club, and to no others."""
    event = {"type": "club.member", "club": club_id, "user": user_id, "frame": frame([message.wire()])}
    await send(club_group(club_id), event)


async def close_sockets(target: str, code: int, evictions: int | None = None) -> None:
    """Close all sockets of an eviction target: a session, a person, a member or a screen.

    `evictions` is the club's eviction number of this removal. With it, only connections authorized before the removal
    close. An announcement that arrives late then leaves a member alone who has joined again.
    """
    event = {"type": "evict", "target": target, "code": code, "evictions": evictions}
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
    """Send a ping to the group of evictions: a hub that receives its own ping would receive an eviction too."""
    await send(EVICTIONS, {"type": "ping", "process": process, "number": number})


async def send(group: str, event: dict[str, object]) -> bool:
    """Send an event to a group. Return False, and log why, if the channel layer did not take it."""
    layer = get_channel_layer()
    if layer is None:
        return True
    try:
        await layer.group_send(group, event)
    except Exception as error:
        logger.warning("an announcement was lost", extra={"group": group, "reason": repr(error)})
        return False
    return True

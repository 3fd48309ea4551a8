"""Send announcements to all processes through the channel layer of Django Channels.

No other module sends to the layer, except for the checks of `web/checks.py`.

Announce a change only after its transaction is committed. A failure is logged and never raised, because the layer may
lose announcements anyway. docs/architecture.md says how each kind of lost announcement is made up for.

The words of this module:

- hub: the object in each web process that receives announcements and passes them to its sockets (`strava_live.hub`).
- group: a name in the channel layer to which processes subscribe. Hubs subscribe to the group of a club, for example.
- wall screen: a display of a club's feed, such as a television in the club's café.
- bell: an announcement to the processes that do background work, so that they look for work at once.
- eviction: closing sockets whose client may no longer read.
- eviction target: the name of the session, API token, person, club member or wall screen whose sockets an eviction
  closes. An event stream of the API counts as a socket.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from strava_live import tallies
from strava_live.protocol import Message, frame

logger = logging.getLogger(__name__)

EVICTIONS = "evictions"
"""The group to which every hub subscribes. It carries evictions, and the pings of `ping_hubs`."""
WORK = "work"
"""The group of the bell: all processes that take up background work subscribe to it."""
unsent_evictions: deque[dict[str, object]] = deque(maxlen=1000)
"""Evictions that could not be sent. The hub of this process sends them again. Beyond 1,000, the oldest are dropped.
Their sockets close within minutes, when the hubs recheck the permissions of all connections."""


class Marks(NamedTuple):
    """Two values of an athlete's mark: before the announced changes, and after them.

    The mark is a number that counts all changes to the athlete's activities.
    """

    before: int
    now: int


class AboutRun(NamedTuple):
    """The sync run, or the sending to Bucket, that a message is about."""

    run_id: int
    over: bool
    """Whether this message says that the run or the sending has ended."""


class EncodedChange(NamedTuple):
    """One addition, change or removal in a club's feed, as a JSON message for members and one for wall screens."""

    seq: int
    """The number of the change. A club's numbers rise by one."""
    members: str
    screens: str


def athlete_group(athlete_id: int) -> str:
    """Return the group of the /ws/sync/ sockets of one athlete."""
    return f"athlete.{athlete_id}"


def bucket_group(user_id: int) -> str:
    """Return the group of the /ws/bucket/ sockets of one user."""
    return f"bucket.{user_id}"


def messages_group(user_id: int) -> str:
    """Return the group of the /ws/messages/ sockets of one user."""
    return f"messages.{user_id}"


def person_group(user_id: int) -> str:
    """Return the group of the /ws/notifications/ sockets of one user. Every page of a signed-in person opens one."""
    return f"person.{user_id}"


def club_group(club_id: int) -> str:
    """Return the group of one club, to which each hub with a connection to the club's feed subscribes."""
    return f"club.{club_id}"


def session_target(session_key: str) -> str:
    """Return the eviction target of one session. The key is hashed, because it would sign in anyone who reads Redis."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


def token_target(token_id: int) -> str:
    """Return the eviction target of one API token: the event streams that were opened with it."""
    return f"token.{token_id}"


def person_target(user_id: int) -> str:
    """Return the eviction target of one person: all their sockets, in every session and with every API token."""
    return f"person.{user_id}"


def member_target(club_id: int, user_id: int) -> str:
    """Return the eviction target of one member of one club: their sockets in this club."""
    return f"member.{club_id}.{user_id}"


def screen_target(screen_id: int) -> str:
    """Return the eviction target of one wall screen."""
    return f"screen.{screen_id}"


async def announce(
    group: str,
    messages: Sequence[Message],
    *,
    marks: Marks | None = None,
    about: AboutRun | None = None,
    position: int | None = None,
) -> None:
    """Send messages to all sockets of a group, as one frame that is encoded once.

    `marks` lets a socket notice that it has missed an earlier change. `about` lets a socket drop a message that
    arrives late, after the end of the sync run. `position` is the id of the direct message, or of the record of
    its deletion.
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
    if position is not None:
        event["position"] = position
    await send(group, event)


async def announce_changes(club_id: int, changes: Sequence[EncodedChange]) -> None:
    """Send changes of a club's feed to its members and wall screens. The changes are in order, without a gap."""
    event = {"type": "club.changes", "club": club_id, "changes": [list(change) for change in changes]}
    await send(club_group(club_id), event)


async def announce_reset(club_id: int, seq: int) -> None:
    """Make all clients of a club read its feed again, because there are too many changes to send.

    `seq` is the number of the last change.
    """
    await send(club_group(club_id), {"type": "club.reset", "club": club_id, "seq": seq})


async def announce_figures(club_id: int) -> None:
    """Make a club's wall screens fetch their figures again, such as the number of parkruns today."""
    await send(club_group(club_id), {"type": "club.figures", "club": club_id})


async def announce_to_member(club_id: int, user_id: int, message: Message) -> None:
    """Send a message to the sockets of one member in one club."""
    event = {"type": "club.member", "club": club_id, "user": user_id, "frame": frame([message.wire()])}
    await send(club_group(club_id), event)


async def announce_person_changed(user_id: int) -> None:
    """Make the sockets of /ws/notifications/ of a user read the user's notifications and counts again."""
    await send(person_group(user_id), {"type": "person.changed", "group": person_group(user_id)})


def announce_person_changed_after_commit(user_ids: Iterable[int]) -> None:
    """Call `announce_person_changed` for each of these users once the current transaction is committed."""
    people = sorted(set(user_ids))
    if people:
        transaction.on_commit(partial(async_to_sync(announce_people_changed), people))


async def announce_people_changed(user_ids: Sequence[int]) -> None:
    for user_id in user_ids:
        await announce_person_changed(user_id)


async def close_sockets(target: str, code: int, evictions: int | None = None) -> None:
    """Close all sockets of an eviction target, in all processes, with a close code.

    `evictions` is how many evictions the club's row counts, including this one. With it, sockets that were authorized
    later stay open, such as those of a member who has joined again before the announcement arrives.
    """
    event = {"type": "evict", "target": target, "code": code, "evictions": evictions}
    if not await send(EVICTIONS, event):
        unsent_evictions.append(event)


async def resend_evictions() -> None:
    """Send the evictions that could not be sent before, oldest first, until one fails again."""
    while unsent_evictions:
        event = unsent_evictions.popleft()
        if not await send(EVICTIONS, event):
            unsent_evictions.appendleft(event)
            return


async def ping_hubs(process: str, number: int) -> bool:
    """Send a numbered ping to the group of evictions. A process that gets its own ping back gets evictions, too.

    Return False if the channel layer failed.
    """
    return await send(EVICTIONS, {"type": "ping", "process": process, "number": number})


async def announce_work() -> None:
    """Ring the bell: have the processes that take up background work look for some at once.

    The work itself is a row. If the announcement is lost, a process finds the row at its next regular check.
    """
    await send(WORK, {"type": "work"})


def announce_work_after_commit() -> None:
    """Ring the bell once the current transaction is committed."""
    transaction.on_commit(async_to_sync(announce_work))


async def send(group: str, event: dict[str, object]) -> bool:
    """Send an event to a group. If the channel layer fails, log the reason and return False."""
    layer = get_channel_layer()
    if layer is None:
        return True
    try:
        await layer.group_send(group, event)
    except Exception as error:
        tallies.add(tallies.LOST_ANNOUNCEMENTS)
        logger.warning("an announcement was lost", extra={"group": group, "reason": repr(error)})
        return False
    return True

"""Count the sockets, rooms and waiting changes of this process's hub, for /metrics and /readyz.

These pages count in threads other than the hub's.
"""

from collections import Counter
from dataclasses import dataclass

from strava_live.hub import hub as running
from strava_live.hub.connections import Connection
from strava_live.hub.event_streams import StreamWriter
from strava_live.hub.hub import Hub


@dataclass(frozen=True)
class HubCounts:
    sockets: dict[str, int]
    """Open sockets by kind: `member` and `screen` show a club's feed, `personal` a person's own data, such as My
    Strava or notifications. All event streams are counted here, too, as `stream`."""
    rooms: int
    groups: int
    """Groups of the channel layer to which the hub subscribes."""
    failed_groups: int
    """Groups whose subscription has failed and will be tried again."""
    joining: int
    """Sockets that wait for their snapshot."""
    outgoing: int
    """Changes of feeds that are about to be sent."""
    early: int
    """Changes of feeds that wait because one with a lower number is missing."""
    possible_losses: int
    """The number of times that an eviction may have been lost on its way here."""
    is_deaf: bool
    """Whether the channel layer delivers nothing to the hub."""
    round_trip_s: float | None
    """How long the last round trip of a ping from the hub to itself took; None before the first one."""


def counts_here() -> HubCounts | None:
    """Return the counts of this process's hub, in any thread. Return None without a hub, as in a worker."""
    hub = running.current
    return count(hub) if hub is not None and hub.loop.is_running() else None


def is_deaf_here() -> bool:
    """Return whether this process has a hub to which the channel layer delivers nothing."""
    hub = running.current
    return hub is not None and hub.loop.is_running() and hub.layer_monitor.is_deaf


def count(hub: Hub) -> HubCounts:
    """Count, in any thread. The hub's loop may change a collection, so copy it in one step before iterating over it."""
    rooms = list(hub.rooms.values())
    kinds = Counter(kind_of(connection) for connection in hub.registry.connections.copy())
    return HubCounts(
        sockets={kind: kinds[kind] for kind in ("member", "screen", "personal", "stream")},
        rooms=len(rooms),
        groups=len(hub.subscriptions.groups),
        failed_groups=len(hub.subscriptions.failed_groups()),
        joining=sum(len(room.joining) for room in rooms),
        outgoing=sum(len(room.outbox) for room in rooms),
        early=sum(len(room.sequence.early) for room in rooms),
        possible_losses=hub.layer_monitor.possible_losses,
        is_deaf=hub.layer_monitor.is_deaf,
        round_trip_s=hub.layer_monitor.round_trip_s,
    )


def kind_of(connection: Connection) -> str:
    if isinstance(connection.writer, StreamWriter):
        return "stream"
    if connection.feed_access is None:
        return "personal"
    return "member" if connection.user_id is not None else "screen"

"""Read the snapshots of club feeds for a batch of new connections.

The entries are read once for all members who open the same club and have the same last change, and once for its
screens. A connection's first message, `hello`, has its snapshot.
"""

from collections import defaultdict
from dataclasses import dataclass

from strava_live.clubs.models import Club
from strava_live.feed.hello import EncodedHello
from strava_live.feed.snapshot import member_hellos, screen_hello
from strava_live.hub.frames import Frame
from strava_live.protocol import Position, WatchingShape


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """Which snapshot one connection needs."""

    club_id: int
    after: Position | None
    """The last change that the client has; None if it has none."""
    viewer_id: int | None
    """The member's user id; None for a wall screen."""


class SharedHello:
    """One `hello` for all connections that get the same entries.

    It also says how many members and screens watch the feed (`watching`). While those numbers stay the same, all
    connections get the same frame.
    """

    __slots__ = ("encoded", "last_frame", "watching")

    def __init__(self, encoded: EncodedHello) -> None:
        self.encoded = encoded
        self.watching: WatchingShape | None = None
        """The numbers of watchers in `last_frame`; None before the first frame."""
        self.last_frame = Frame("")

    @property
    def seq(self) -> int:
        """The number of the last change that is in the snapshot."""
        return self.encoded.seq

    @property
    def epoch(self) -> str:
        return self.encoded.epoch

    def frame(self, watching: WatchingShape) -> Frame:
        """Return the frame with these numbers of watchers."""
        if watching != self.watching:
            self.last_frame, self.watching = Frame(self.encoded.payload(watching)), watching
        return self.last_frame


def read_hellos(requests: list[SnapshotRequest]) -> list[SharedHello | None]:
    """Return a `hello` for each request, in order; None where the club no longer exists."""
    clubs = Club.objects.in_bulk({request.club_id for request in requests})
    viewers: dict[tuple[int, Position | None], set[int | None]] = defaultdict(set)
    for request in requests:
        viewers[request.club_id, request.after].add(request.viewer_id)
    read: dict[SnapshotRequest, SharedHello] = {}
    for (club_id, after), viewer_ids in viewers.items():
        if club := clubs.get(club_id):
            for viewer_id, hello in club_hellos(club, after, viewer_ids).items():
                read[SnapshotRequest(club_id, after, viewer_id)] = hello
    return [read.get(request) for request in requests]


def club_hellos(club: Club, after: Position | None, viewer_ids: set[int | None]) -> dict[int | None, SharedHello]:
    """Return the `hello` of each viewer. Viewers who get the same entries get the same object."""
    read: dict[int | None, EncodedHello] = {}
    if members := [viewer_id for viewer_id in viewer_ids if viewer_id is not None]:
        read.update(member_hellos(club, after, members).items())
    if None in viewer_ids:
        read[None] = screen_hello(club, after)
    shared = {encoded: SharedHello(encoded) for encoded in set(read.values())}
    return {viewer_id: shared[encoded] for viewer_id, encoded in read.items()}

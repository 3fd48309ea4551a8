"""Where clubs stand, read once for all who come to them at the same time and from the same number."""

from collections import defaultdict
from dataclasses import dataclass

from strava_live.clubs.models import Club
from strava_live.feed.hello import EncodedHello
from strava_live.feed.snapshot import member_hellos, screen_hello
from strava_live.hub.frames import Frame
from strava_live.protocol import Json, Position


@dataclass(frozen=True, slots=True)
class Asked:
    """By one socket. A screen is no viewer."""

    club_id: int
    after: Position | None
    viewer_id: int | None


class Hello:
    """One for all connections that get the same entries, and one frame for those that come while as many watch."""

    __slots__ = ("encoded", "finished", "watching")

    def __init__(self, encoded: EncodedHello) -> None:
        self.encoded = encoded
        self.watching: Json | None = None
        self.finished = Frame("")

    @property
    def seq(self) -> int:
        return self.encoded.seq

    @property
    def epoch(self) -> str:
        return self.encoded.epoch

    def frame(self, watching: Json) -> Frame:
        if watching != self.watching:
            self.finished, self.watching = Frame(self.encoded.payload(watching)), watching
        return self.finished


def hellos(asked: list[Asked]) -> list[Hello | None]:
    """In the order of the questions; None where the club is no longer there."""
    clubs = Club.objects.in_bulk({one.club_id for one in asked})
    viewers: dict[tuple[int, Position | None], set[int | None]] = defaultdict(set)
    for one in asked:
        viewers[one.club_id, one.after].add(one.viewer_id)
    read: dict[Asked, Hello] = {}
    for (club_id, after), coming in viewers.items():
        if club := clubs.get(club_id):
            for viewer, hello in hellos_from(club, after, coming).items():
                read[Asked(club_id, after, viewer)] = hello
    return [read.get(one) for one in asked]


def hellos_from(club: Club, after: Position | None, coming: set[int | None]) -> dict[int | None, Hello]:
    read: dict[int | None, EncodedHello] = {}
    if members := [viewer for viewer in coming if viewer is not None]:
        read.update(member_hellos(club, after, members).items())
    if None in coming:
        read[None] = screen_hello(club, after)
    shared = {encoded: Hello(encoded) for encoded in set(read.values())}
    return {viewer: shared[encoded] for viewer, encoded in read.items()}

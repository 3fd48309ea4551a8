"""Where clubs stand, read once for all who come to them at the same time and from the same number."""

from collections import defaultdict
from dataclasses import dataclass

from strava_live.clubs.models import Club
from strava_live.feed.snapshot import member_hellos, screen_hello
from strava_live.protocol import FeedHello


@dataclass(frozen=True, slots=True)
class Asked:
    """By one socket. A screen is no viewer."""

    club_id: int
    after: int | None
    viewer_id: int | None


def hellos(asked: list[Asked]) -> list[FeedHello | None]:
    """In the order of the questions; None where the club is no longer there."""
    clubs = Club.objects.in_bulk({one.club_id for one in asked})
    viewers: dict[tuple[int, int | None], set[int | None]] = defaultdict(set)
    for one in asked:
        viewers[one.club_id, one.after].add(one.viewer_id)
    read: dict[Asked, FeedHello] = {}
    for (club_id, after), coming in viewers.items():
        if club := clubs.get(club_id):
            for viewer, hello in hellos_from(club, after, coming).items():
                read[Asked(club_id, after, viewer)] = hello
    return [read.get(one) for one in asked]


def hellos_from(club: Club, after: int | None, coming: set[int | None]) -> dict[int | None, FeedHello]:
    read: dict[int | None, FeedHello] = {}
    if members := [viewer for viewer in coming if viewer is not None]:
        read.update(member_hellos(club, after, members).items())
    if None in coming:
        read[None] = screen_hello(club, after)
    return read

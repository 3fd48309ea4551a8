"""The athletes of the stand-in, and their JSON as Strava sends it."""

from dataclasses import dataclass, field

from simulators.strava.activity import Activity
from simulators.strava.timeline import Timeline


@dataclass(slots=True)
class Churn:
    """How an athlete's list changes while it is read: activities added and deleted after each page that is served."""

    add: int = 0
    """How many are added after each page."""
    remove: int = 0
    """How many are deleted after each page."""
    added: list[int] = field(default_factory=list)
    """The ids of those that were added so far."""
    removed: list[int] = field(default_factory=list)
    """The ids of those that were deleted so far."""


@dataclass(slots=True)
class Athlete:
    """An athlete at Strava. `event` is their home event; `about` is one line for the consent page."""

    id: int
    firstname: str
    lastname: str
    sex: str
    city: str
    country: str
    zone: str
    event: str
    about: str = ""
    club_runner: bool = False
    """Whether it is one of the forty club runners (club_runners.py)."""
    timeline: Timeline = field(default_factory=Timeline)
    churn: Churn = field(default_factory=Churn)

    @property
    def name(self) -> str:
        return f"{self.firstname} {self.lastname}"


def profile(athlete: Athlete, *, detailed: bool) -> dict[str, object]:
    """Return an athlete's JSON: Strava's SummaryAthlete, or the DetailedAthlete of the scope profile:read_all."""
    fields: dict[str, object] = {
        "id": athlete.id,
        "username": None,
        "resource_state": 3 if detailed else 2,
        "firstname": athlete.firstname,
        "lastname": athlete.lastname,
        "bio": None,
        "city": athlete.city,
        "state": None,
        "country": athlete.country,
        "sex": athlete.sex,
        "premium": False,
        "summit": False,
        "created_at": "2014-03-01T08:00:00Z",
        "updated_at": "2026-10-01T08:00:00Z",
        "badge_type_id": 0,
        "weight": None,
        "profile_medium": "avatar/athlete/medium.png",
        "profile": "avatar/athlete/large.png",
        "friend": None,
        "follower": None,
    }
    if detailed:
        fields |= {"follower_count": 31, "friend_count": 28, "measurement_preference": "meters", "ftp": None}
        fields |= {"clubs": [], "bikes": [], "shoes": []}
    return fields


def may_see(activity: Activity, *, private_too: bool) -> bool:
    """Return whether the API shows the activity. `private_too`: with the scope activity:read_all."""
    return not activity.withheld and (private_too or activity.visibility != "only_me")

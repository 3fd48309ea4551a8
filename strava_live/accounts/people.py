"""Users: find one by name, and give one a time zone."""

from strava_live.accounts.models import User
from strava_live.accounts.profile import is_time_zone


class NoSuchUser(LookupError):
    """No account has this username or Strava id."""


def find_user(name: str) -> User:
    """Return the user whom an operator names by username, or by Strava id as `strava:<id>`."""
    kind, _, strava_id = name.partition(":")
    if kind == "strava" and strava_id.isascii() and strava_id.isdigit():
        user = User.objects.filter(strava__strava_id=int(strava_id)).first()
    else:
        user = User.objects.filter(username=name).first()
    if user is None:
        raise NoSuchUser(f"There is no account called {name}. Use a username, or strava:<id>.")
    return user


def adopt_time_zone(user_id: int, zone: str) -> None:
    """Set the time zone of a user whose zone is not known yet. Do nothing if `zone` is not one that users can choose.

    `zone` is the zone of the user's browser or of their newest activity.
    """
    if is_time_zone(zone):
        unknown = User.objects.filter(pk=user_id, time_zone="UTC", time_zone_known=False)
        unknown.update(time_zone=zone, time_zone_known=True)

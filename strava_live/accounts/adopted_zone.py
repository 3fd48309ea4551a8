"""The time zone of an account that was made without one: its times are shown in UTC until one is known."""

from strava_live.accounts.models import User
from strava_live.accounts.profile import is_time_zone


def adopt_time_zone(user_id: int, zone: str) -> None:
    """Give an account the zone of the person's device or newest activity, unless they have one already."""
    if is_time_zone(zone):
        unknown = User.objects.filter(pk=user_id, time_zone="UTC", time_zone_known=False)
        unknown.update(time_zone=zone, time_zone_known=True)

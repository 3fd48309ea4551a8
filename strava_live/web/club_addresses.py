"""Where a club, an invitation and a wall screen are found; `site` is the public address in front.

Raises UnreadableSecret if FIELD_KEYS no longer open the key: ask `secret.is_readable` first where it was made earlier.
"""

from django.urls import reverse

from strava_live.clubs.models import Club, Invitation, Screen


def club_address(site: str, club: Club) -> str:
    return site + reverse("club", args=[club.slug])


def invitation_address(site: str, invitation: Invitation) -> str:
    return site + reverse("join", args=[invitation.secret.reveal()])


def screen_address(site: str, club: Club, screen: Screen) -> str:
    return site + reverse("screen", args=[club.slug, screen.secret.reveal()])

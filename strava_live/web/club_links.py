"""The links to a club, an invitation and a wall screen, and their QR codes as SVG.

`site` is the public address that a link begins with. The links of invitations and screens raise UnreadableSecret if
FIELD_KEYS do not decrypt the key: check `secret.is_readable` first.
"""

from io import BytesIO

import segno
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from strava_live.clubs.models import Club, Invitation, Screen

DARK, LIGHT, QUIET_ZONE = "#000", "#fff", 4
"""Dark on light in every theme, because some cameras read nothing else."""


def club_link(site: str, club: Club) -> str:
    return site + reverse("club", args=[club.slug])


def invitation_link(site: str, invitation: Invitation) -> str:
    return site + reverse("join", args=[invitation.secret.reveal()])


def screen_link(site: str, club: Club, screen: Screen) -> str:
    return site + reverse("screen", args=[club.slug, screen.secret.reveal()])


def qr_code(link: str) -> SafeString:
    """Return markup for a page: an `<svg class="qr">`."""
    markup = encode(link).svg_inline(
        border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(markup)  # noqa: S308 shapes only, without a letter of the link


def qr_image(link: str) -> bytes:
    """Return an SVG file. Unlike markup inside a page it needs a namespace, or browsers do not draw it."""
    file = BytesIO()
    encode(link).save(
        file, kind="svg", border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass=None, lineclass=None, omitsize=True
    )
    return file.getvalue()


def encode(link: str) -> segno.QRCode:
    return segno.make(link, micro=False, error="m")

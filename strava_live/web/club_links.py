"""The links to a club, an invitation and a wall screen, and QR codes of them as SVG.

`site` is the public address that a link begins with. The links of invitations and screens contain a secret key, which
is stored encrypted. The functions for these links raise UnreadableSecret if no key in the setting FIELD_KEYS decrypts
the secret key, so check `secret.can_be_decrypted` first.
"""

from io import BytesIO

import segno
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from strava_live.clubs.models import Club, Invitation, Screen

DARK, LIGHT, QUIET_ZONE = "#000", "#fff", 4
"""Colours and margin of QR codes: dark on light also in the dark theme, because some cameras read nothing else."""


def club_link(site: str, club: Club) -> str:
    return site + reverse("club", args=[club.slug])


def invitation_link(site: str, invitation: Invitation) -> str:
    return site + reverse("join", args=[invitation.secret.reveal()])


def screen_link(site: str, club: Club, screen: Screen) -> str:
    return site + reverse("screen", args=[club.slug, screen.secret.reveal()])


def qr_code(link: str) -> SafeString:
    """Return a QR code as markup for a page: an `<svg class="qr">`."""
    markup = encode(link).svg_inline(
        border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(markup)  # noqa: S308 the markup has shapes only, no text of the link


def qr_image(link: str) -> bytes:
    """Return a QR code as an SVG file. It has an XML namespace, without which browsers do not draw a file."""
    file = BytesIO()
    encode(link).save(
        file, kind="svg", border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass=None, lineclass=None, omitsize=True
    )
    return file.getvalue()


def encode(link: str) -> segno.QRCode:
    return segno.make(link, micro=False, error="m")

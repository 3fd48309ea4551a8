"""QR codes as SVG: inside a page, and as an image of its own."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

DARK, LIGHT, QUIET_ZONE = "#000", "#fff", 4
"""Dark on light whatever the page looks like, because some cameras read nothing else."""


def qr_code(address: str) -> SafeString:
    """Return markup for a page: a square of class `qr`."""
    drawn = made(address).svg_inline(
        border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 drawn from modules, without a letter of the address in it


def qr_image(address: str) -> bytes:
    """Return an SVG file. Browsers draw it only with its namespace, which markup inside a page does without."""
    file = BytesIO()
    made(address).save(
        file, kind="svg", border=QUIET_ZONE, dark=DARK, light=LIGHT, svgclass=None, lineclass=None, omitsize=True
    )
    return file.getvalue()


def made(address: str) -> segno.QRCode:
    return segno.make(address, micro=False, error="m")

"""QR codes as SVG inside a page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """Dark on light whatever the page looks like: cameras read nothing else for certain. A square of class `qr`."""
    code = segno.make(address, micro=False, error="m")
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 drawn from modules, without a letter of the address in it

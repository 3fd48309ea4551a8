"""Strava's official button and logo. They may not be passed on, so each operator adds the files (docs/deploy.md)."""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders

WHERE = "static/strava/"
BUTTON, LOGO = "connect", "logo"
KINDS = ("svg", "png")


def artwork(name: str) -> str:
    """Return the static name of the operator's file, or "" while there is none."""
    return find(name) if settings.DEBUG else find_once(name)


def missing_artwork() -> list[str]:
    """Return the files that an operator has still to add, by their path in the repository."""
    return [f"{WHERE}{name}.svg" for name in (BUTTON, LOGO) if not find(name)]


def find(name: str) -> str:
    names = (f"strava/{name}.{kind}" for kind in KINDS)
    return next((one for one in names if finders.find(one)), "")


find_once = cache(find)

"""Strava's official button and logo. We may not distribute them, so operators add the files (docs/deploy.md)."""

from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders

WHERE = "static/strava/"
BUTTON, LOGO = "connect", "logo"
KINDS = ("svg", "png")


def artwork(name: str) -> str:
    """Return the static path of the operator's file, or "" if they have not added one."""
    return find(name) if settings.DEBUG else find_once(name)


def missing_artwork() -> list[str]:
    """Return the paths, in the repository, of the files that the operator has not added yet."""
    return [f"{WHERE}{name}.svg" for name in (BUTTON, LOGO) if not find(name)]


def find(name: str) -> str:
    names = (f"strava/{name}.{kind}" for kind in KINDS)
    return next((one for one in names if finders.find(one)), "")


find_once = cache(find)

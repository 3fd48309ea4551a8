"""Helpers for the import panel of My Strava: store a run (an import) to show, and read what the panel shows."""

import re
from html import unescape
from typing import Any

from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.sync.models import SyncRun

OFFER = re.compile(
    r'data-offer="[a-z]+">.*?name="since" value="([^"]*)".*?name="until" value="([^"]*)".*?>([^<>]+)</button>',
    re.DOTALL,
)


PART = re.compile(r'<div[^>]* data-part="([a-z_]+)"( hidden)?>|<div data-part="([a-z_]+)"( hidden)?>')


def run_of(athlete: User, **fields: Any) -> SyncRun:
    return SyncRun.objects.create(athlete=athlete, **{"strava_id": 7, "started_at": timezone.now(), **fields})


def offers(page: str) -> dict[str, tuple[str, str]]:
    """Return the label of each button that starts an import, with the first and the last day to import."""
    return {label: (since, until) for since, until, label in OFFER.findall(panel_of(page))}


def shown_parts(page: str) -> list[str]:
    """Return the names of the panel's parts that are not hidden."""
    return [found[1] or found[3] for found in PART.finditer(panel_of(page)) if not (found[2] or found[4])]


def shown(page: str) -> str:
    """Return the HTML of the panel's parts that are not hidden."""
    parts = panel_of(page).split("<div data-part=")[1:]
    return unescape(" ".join(part for part in parts if " hidden>" not in part.split("\n")[0]))


def panel_of(page: str) -> str:
    return page.split("data-panel data-open>")[1].split("</section>", maxsplit=1)[0]

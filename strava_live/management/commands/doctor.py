"""manage.py doctor: check this deployment (database, Redis, Strava and more), print one line for each check.

It exits with 1 if anything is wrong.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from strava_live.doctor import Finding, run_checks


class Command(BaseCommand):
    help = (
        "Check database, Redis, worker, Strava, static files, keys and clock, and say what to do about what is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        results = run_checks()
        for result in results:
            self.stdout.write(line(result))
        if any(not result.ok for result in results):
            sys.exit(1)


def line(result: Finding) -> str:
    """Return "ok    database: …", "note  …" or "WRONG …", with advice after an arrow."""
    mark = ("note  " if result.advice else "ok    ") if result.ok else "WRONG "
    advice = f" -> {result.advice}" if result.advice else ""
    return f"{mark}{result.name}: {result.detail}{advice}"

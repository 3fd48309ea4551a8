"""manage.py doctor: check what the site needs, one line for each check. Exit with 1 if anything is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from strava_live.doctor import Finding, examine


class Command(BaseCommand):
    help = "Check database, Redis, Strava, static files, keys and clock, and say what to do about what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        for finding in findings:
            self.stdout.write(line_of(finding))
        if any(not finding.holds for finding in findings):
            sys.exit(1)


def line_of(finding: Finding) -> str:
    mark = ("note  " if finding.advice else "ok    ") if finding.holds else "WRONG "
    advice = f" -> {finding.advice}" if finding.advice else ""
    return f"{mark}{finding.name}: {finding.what}{advice}"

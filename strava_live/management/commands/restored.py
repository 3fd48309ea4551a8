"""manage.py restored: to be run after a backup of the database was restored."""

from typing import Any

from django.core.management.base import BaseCommand

from strava_live.clubs.founding import begin_new_epochs


class Command(BaseCommand):
    help = (
        "Give every club a new epoch after a backup was restored: open pages and screens know numbers that the "
        "restored tables no longer have, and load their feed again. Safe to run at any time, and more than once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        clubs = begin_new_epochs()
        self.stdout.write(f"{clubs} clubs have a new epoch. Open pages and screens load their feed again in seconds.")

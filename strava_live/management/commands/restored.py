"""manage.py restored: run this after restoring a backup of the database."""

from typing import Any

from django.core.management.base import BaseCommand

from strava_live.clubs.founding import begin_new_epochs


class Command(BaseCommand):
    help = (
        "Give every club a new epoch after a backup was restored. Open pages and screens have seen numbers that the "
        "restored tables no longer have; they then load their feed again. Safe to run at any time, also repeatedly."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        clubs = begin_new_epochs()
        self.stdout.write(
            f"{clubs} clubs have a new epoch. Open pages and screens load their feed again within seconds."
        )

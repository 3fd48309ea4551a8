"""manage.py restored: make open pages load their feed again. Run it after a backup of the database was restored."""

from typing import Any

from django.core.management.base import BaseCommand

from strava_live.clubs.founding import begin_new_epochs


class Command(BaseCommand):
    help = (
        "Run this after a backup was restored. Open pages and screens have seen entries that the restored database has "
        "not. Every club gets a new epoch, which makes them load their feed again. Safe to run at any time, repeatedly."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        clubs = begin_new_epochs()
        self.stdout.write(
            f"{clubs} clubs have a new epoch. Open pages and screens load their feed again within seconds."
        )

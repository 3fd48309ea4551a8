"""manage.py strava_review FOLDER: write a folder to submit to Strava, with pictures and texts, for its review.

`management/review/` says how: with a throw-away site and made-up athletes.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from strava_live.formats import quantity
from strava_live.management.review.answers import known_limits, sections
from strava_live.management.review.folder import PICTURES, PageNotShown, UnusableFolder, checked_folder, write_review
from strava_live.management.review.throwaway_site import SiteDidNotStart, throwaway_site
from strava_live.webhook.subscription import our_subscription


class Command(BaseCommand):
    help = (
        "Write a folder to submit to Strava, which reviews each application with more than ten athletes: pictures of "
        "every page with data from Strava, made with made-up athletes, and texts with the true values of this site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", help="a new or empty folder")
        parser.add_argument("--overwrite", action="store_true", help="replace files of the same names in FOLDER")
        parser.add_argument("--browser", default="", metavar="PROGRAM", help="Chromium, if it is not found by itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            raise CommandError("The static files are not collected. Run manage.py collectstatic first.")
        try:
            folder = checked_folder(options["folder"], overwrite=options["overwrite"])
            answers, limits, is_subscribed = sections(), known_limits(), our_subscription() is not None
        except UnusableFolder as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {str(error).strip()}") from error
        self.stdout.write("Starting a throw-away site with made-up athletes; this takes up to a minute.")
        try:
            with throwaway_site(limits=limits, is_subscribed=is_subscribed) as site:
                files, no_pictures = write_review(site, folder, answers, program=options["browser"])
        except (SiteDidNotStart, PageNotShown) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
        if no_pictures:
            self.stderr.write(f"No pictures: {no_pictures} Then run this command again with --overwrite.")
        pictures = sum(file.startswith(PICTURES) for file in files)
        self.stdout.write(f"{quantity(len(files), 'file', 'files')} in {folder}, {pictures} of them pictures.")
        self.stdout.write(f"Open {folder / 'index.html'}, and read it before you submit it.")

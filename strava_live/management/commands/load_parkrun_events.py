"""manage.py load_parkrun_events [FILE|URL|--if-newer]: update the table of parkrun events, and print the changes.

A list of events comes with the site (the bundled list).
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from strava_live.parkrun.listing import UnusableListing, read_listing
from strava_live.parkrun.loading import ListChanges, add_closed_events, bundled_is_newer, load_bundled, load_list
from strava_live.parkrun.source import content_of

SHOWN = 10
"""The most events that are named for each kind of change."""


class Command(BaseCommand):
    help = (
        "Load the parkrun events from the list that comes with the site, or from a file or an https address, as a CSV "
        "or as parkrun's own events.json. Events that are missing from the list are closed, never deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", metavar="FILE|URL", help="default: the bundled list")
        parser.add_argument(
            "--yes-close",
            action="store_true",
            help="load it even if more than one in ten of the open events close",
        )
        parser.add_argument(
            "--if-newer",
            action="store_true",
            help="for a release: load the bundled list only if it is newer than what is loaded, and never fail",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source, for_release = options["source"], options["if_newer"]
        if source and for_release:
            raise CommandError("--if-newer is for the bundled list: it takes no FILE and no URL.")
        if for_release and not bundled_is_newer():
            self.stdout.write("Nothing was loaded: the parkrun events are as new as the bundled list.")
            if added := add_closed_events():
                self.stdout.write(f"Closed events added: {len(added)}, which had closed before that list was made.")
            return
        today, close_many = timezone.now().date(), options["yes_close"]
        try:
            if source:
                changes = load_list(read_listing(content_of(source)), today=today, close_many=close_many)
            else:
                changes = load_bundled(today=today, close_many=close_many)
        except UnusableListing as error:
            if not for_release:
                raise CommandError(f"{error} Nothing was changed.") from error
            self.stderr.write(f"{error} Nothing was changed; the release continues.")
            return
        for line in summary_lines(changes):
            self.stdout.write(line)


def summary_lines(changes: ListChanges) -> list[str]:
    """Return a line for each kind of change, with the names of its first ten events, and a line with the total."""
    lines = []
    for kind, events in changes.by_kind().items():
        if events:
            more = f", and {len(events) - SHOWN:,} more" if len(events) > SHOWN else ""
            lines.append(f"{len(events):,} {kind}: {'; '.join(events[:SHOWN])}{more}")
    count = f"{changes.events:,} events on the list."
    return [f"Nothing has changed: {count}"] if not lines else [*lines, count]

"""manage.py load_parkrun_events [FILE|URL]: brings the catalogue of events up to date and says what changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from strava_live.parkrun.bundled import bundled_list
from strava_live.parkrun.listing import UnusableListing, read_listing
from strava_live.parkrun.loading import Changes, load
from strava_live.parkrun.source import content_of

SHOWN = 10


class Command(BaseCommand):
    help = (
        "Load the parkrun events: those that come with the site, or from a file or an https address, as a CSV or as "
        "parkrun's own events.json. Events that are missing from the list are closed, never deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", metavar="FILE|URL", help="without it: the list that is bundled")
        parser.add_argument("--yes-close", action="store_true", help="even if that closes more than half of the events")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"]
        try:
            content = content_of(source) if source else bundled_list()
            today = timezone.now().date()
            changes = load(read_listing(content), today=today, close_many=options["yes_close"])
        except UnusableListing as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        for line in summary(changes):
            self.stdout.write(line)


def summary(changes: Changes) -> list[str]:
    """What changed, kind by kind; of many events of a kind only the first are named."""
    lines = []
    for kind, events in changes.by_kind().items():
        if events:
            more = f", and {len(events) - SHOWN:,} more" if len(events) > SHOWN else ""
            lines.append(f"{len(events):,} {kind}: {'; '.join(events[:SHOWN])}{more}")
    count = f"{changes.events:,} events on the list."
    return [f"Nothing has changed: {count}"] if not lines else [*lines, count]

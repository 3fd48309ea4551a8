"""manage.py reconsider [--apply]: runs the parkrun rules of today over the activities that are stored.

Without --apply it only says what would change. An athlete is a chunk: judged, and written, in a transaction of its own.
What a person has settled or dismissed is left as it is, and where they have removed a parkrun, no other recording of
that morning becomes one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from strava_live.activities.athlete_state import next_marks
from strava_live.activities.models import Activity
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.results import keep_results, results_around
from strava_live.parkrun.rules import RULES_VERSION
from strava_live.sync.classify import classify

SHOWN = 10
ONLY_REASONS = "with other reasons only"
Standing = tuple[str, str]


class Command(BaseCommand):
    help = "Judge the stored activities again by the rules of today. Says what would change; --apply changes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="write the changes")

    def handle(self, *args: Any, **options: Any) -> None:
        events, kinds = catalogue.atlas(), Counter[str]()
        judged, named = 0, list[str]()
        for athlete_id in athletes():
            count, changes = reconsider(athlete_id, events, write=options["apply"])
            judged += count
            kinds.update(kind for _, kind in changes)
            named += [f"  {url}: {kind}" for url, kind in changes if kind != ONLY_REASONS][: SHOWN - len(named)]
        for line in summary(judged, kinds, named, written=options["apply"]):
            self.stdout.write(line)


def athletes() -> Iterator[int]:
    """By number, one question for each: nobody's history is held while another's is looked at."""
    last = 0
    while following := (
        Activity.objects.filter(athlete_id__gt=last).order_by("athlete_id").values_list("athlete_id", flat=True).first()
    ):
        yield following
        last = following


def reconsider(athlete_id: int, events: Atlas, *, write: bool) -> tuple[int, list[tuple[str, str]]]:
    """How many were judged, and what is to be said of those that are another now."""
    with athlete_lock(athlete_id) if write else transaction.atomic():
        rows = {row.strava_id: row for row in Activity.objects.of(athlete_id)}
        before = {strava_id: standing(row) for strava_id, row in rows.items()}
        changed = [row for row, _ in classify(rows, rows, events)]
        if write:
            store(athlete_id, changed, list(rows.values()), events)
    return len(rows), [(row.url, kind_of(before[row.strava_id], standing(row))) for row in changed]


def store(athlete_id: int, changed: list[Activity], rows: list[Activity], events: Atlas) -> None:
    if changed:
        for row, mark in zip(changed, next_marks(athlete_id, len(changed)), strict=True):
            row.mark = mark
        fields = ["state", "parkrun", "event_slug", "event_name", "reasons", "rules_version", "mark"]
        Activity.objects.bulk_update(changed, fields, batch_size=200)
    keep_results(athlete_id, rows, results_around(athlete_id, rows), events)


def standing(row: Activity) -> Standing:
    return str(row.parkrun), row.event_name


def kind_of(before: Standing, now: Standing) -> str:
    (was, event_was), (parkrun, event) = before, now
    if was == parkrun:
        return f"{event_was or 'no event'} → {event or 'no event'}" if event_was != event else ONLY_REASONS
    return f"{was or 'no parkrun'} → {parkrun or 'no parkrun'}"


def summary(judged: int, kinds: Counter[str], named: list[str], *, written: bool) -> list[str]:
    judged_text = f"{judged:,} {'activity' if judged == 1 else 'activities'} judged by rules {RULES_VERSION}"
    if not kinds:
        return [f"{judged_text}: nothing {'has changed' if written else 'would change'}."]
    lines = [f"{count:,} × {kind}" for kind, count in kinds.most_common(SHOWN)]
    end = "Written." if written else "Nothing was written: --apply does that."
    return [f"{judged_text}. {'Changed' if written else 'Would change'}:", *lines, *named, end]

"""manage.py reconsider [--apply]: decide again which stored activities are parkruns, by the current rules.

Without --apply it only prints what would change. Each athlete's activities are judged and written in one transaction.
Activities that the athlete has decided about or dismissed stay as they are. If the athlete has removed a parkrun, no
other recording of it is saved.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from strava_live.activities.athlete_state import next_marks
from strava_live.activities.models import Activity
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.reasons import Reason, read_reasons
from strava_live.parkrun.results import reconcile_results, results_around
from strava_live.parkrun.rules import RULES_VERSION
from strava_live.sync.classify import classify

SHOWN = 10
"""The most changed activities that are named, and the most kinds of change that are listed."""
ONLY_REASONS = "with other reasons only"
ONLY_VERSION = "with the same reasons, by newer rules"


class StoredVerdict(NamedTuple):
    """The stored verdict of the rules about an activity."""

    parkrun: str
    event_name: str
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, row: Activity) -> Self:
        return cls(str(row.parkrun), row.event_name, read_reasons(row.reasons))


class Command(BaseCommand):
    help = "Judge the stored activities again by the current rules. Prints what would change; --apply changes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="write the changes")

    def handle(self, *args: Any, **options: Any) -> None:
        events, kinds = catalogue.atlas(), Counter[str]()
        judged, named = 0, list[str]()
        for athlete_id in athlete_ids():
            count, changes = reconsider(athlete_id, events, write=options["apply"])
            judged += count
            kinds.update(kind for _, kind in changes)
            named += [f"  {url}: {kind}" for url, kind in changes if kind not in (ONLY_REASONS, ONLY_VERSION)][
                : SHOWN - len(named)
            ]
        for line in summary_lines(judged, kinds, named, written=options["apply"]):
            self.stdout.write(line)


def athlete_ids() -> Iterator[int]:
    """Yield the id of each athlete who has activities. Each takes one query, so that no database cursor stays open."""
    last = 0
    while athlete_id := (
        Activity.objects.filter(athlete_id__gt=last).order_by("athlete_id").values_list("athlete_id", flat=True).first()
    ):
        yield athlete_id
        last = athlete_id


def reconsider(athlete_id: int, events: Atlas, *, write: bool) -> tuple[int, list[tuple[str, str]]]:
    """Judge an athlete's activities, and store the changes if `write`.

    Return how many activities were judged, and the address and kind of each change.
    """
    with athlete_lock(athlete_id) if write else transaction.atomic():
        rows = {row.strava_id: row for row in Activity.with_gone.of(athlete_id).for_rules()}
        before = {strava_id: StoredVerdict.of(row) for strava_id, row in rows.items()}
        changed = [row for row, _ in classify(rows, rows, events)]
        if write:
            store_rows(athlete_id, changed, list(rows.values()), events)
    return len(rows), [(row.url, kind_of(before[row.strava_id], StoredVerdict.of(row))) for row in changed]


def store_rows(athlete_id: int, changed: list[Activity], rows: list[Activity], events: Atlas) -> None:
    """Store the changed activities, each with a new mark, by which open pages find the change. Update the results."""
    if changed:
        for row, mark in zip(changed, next_marks(athlete_id, len(changed)), strict=True):
            row.mark = mark
        fields = ["state", "parkrun", "event_slug", "event_name", "reasons", "rules_version", "mark"]
        Activity.objects.bulk_update(changed, fields, batch_size=200)
    reconcile_results(athlete_id, rows, results_around(athlete_id, rows), events)


def kind_of(before: StoredVerdict, now: StoredVerdict) -> str:
    if before.parkrun != now.parkrun:
        return f"{before.parkrun or 'no parkrun'} → {now.parkrun or 'no parkrun'}"
    if before.event_name != now.event_name:
        return f"{before.event_name or 'no event'} → {now.event_name or 'no event'}"
    return ONLY_REASONS if before.reasons != now.reasons else ONLY_VERSION


def summary_lines(judged: int, kinds: Counter[str], named: list[str], *, written: bool) -> list[str]:
    judged_text = f"{judged:,} {'activity' if judged == 1 else 'activities'} judged by rules {RULES_VERSION}"
    if not kinds:
        return [f"{judged_text}: nothing {'has changed' if written else 'would change'}."]
    lines = [f"{count:,} × {kind}" for kind, count in kinds.most_common(SHOWN)]
    end = "The changes were stored." if written else "Nothing was stored. Run it with --apply to store the changes."
    return [f"{judged_text}. {'Changed' if written else 'Would change'}:", *lines, *named, end]

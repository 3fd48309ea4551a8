"""The tables of athletes' results, of their starting numbers, and of import drafts.

Besides event and day, a result stores what the athlete has typed in or imported. The watch's time and start are read
from the activity that is linked to the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.activities.models import Activity, address_of, garmin_device
from strava_live.keyset import KeysetQuerySet, by_day
from strava_live.parkrun.counting import ParkrunFacts
from strava_live.parkrun.models import ParkrunEvent
from strava_live.visibility import PRIVATE_RESULT, SHAREABLE_RESULT

WALKED = ("Walk", "Hike")
"""The sports at Strava that mean walking. All others mean running."""
TOOK_PART = ~Q(how="") | Q(activity__isnull=False) | Q(official_time_s__isnull=False)
"""Matches results of athletes who ran or walked. The others were volunteers only."""
FACTS = (
    "pk",
    "event__slug",
    "event__name",
    "event__series",
    "day",
    "how",
    "volunteered",
    "official_time_s",
    "activity_id",
    "activity__elapsed_s",
    "activity__start",
)
"""The columns from which `facts_of` makes `ParkrunFacts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubParkrun(ParkrunFacts):
    """One result, with what clubs may see of it if its athlete shares parkruns."""

    event_id: int
    shareable: bool
    url: str | None
    """The address of the activity at Strava. None without an activity."""
    device: str | None
    """The Garmin device that recorded the activity, or None."""


class ParkrunResultQuerySet(KeysetQuerySet["ParkrunResult"]):
    keyset = by_day("day", "pk")

    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def shown(self) -> Self:
        """Load the event and the activity, which lists show, in the same query. Leave out the activity's route."""
        return self.select_related("event", "activity").defer("activity__polyline")

    def on_foot(self) -> Self:
        """Keep results of athletes who ran or walked. Leave out days on which they only volunteered."""
        return self.filter(TOOK_PART)

    def shareable(self) -> Self:
        """Keep the results that a club may see, if the athlete shares parkruns with it."""
        return self.filter(SHAREABLE_RESULT)

    def private(self) -> Self:
        """Keep the results that no club sees, because their activity is not visible to everyone at Strava."""
        return self.filter(PRIVATE_RESULT)

    def facts(self) -> list[ParkrunFacts]:
        """Read the results as counting.py needs them, in one query."""
        return [ParkrunFacts(**facts_of(row)) for row in self.values(*FACTS)]

    def for_clubs(self) -> list[ClubParkrun]:
        """Read the results as entries of feeds need them, in one query. Those that no club may see are included."""
        rows = self.annotate(shareable=SHAREABLE_RESULT)
        return [
            ClubParkrun(
                **facts_of(row),
                event_id=row["event_id"],
                shareable=row["shareable"],
                url=None if row["activity_id"] is None else address_of(row["activity__strava_id"]),
                device=garmin_device(row["activity__device_name"] or "") or None,
            )
            for row in rows.values(*FACTS, "event_id", "shareable", "activity__strava_id", "activity__device_name")
        ]


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `ParkrunFacts`, from a row of the columns FACTS."""
    official_s = row["official_time_s"]
    return {
        "key": row["pk"],
        "event": row["event__slug"],
        "event_name": row["event__name"],
        "junior": row["event__series"] == ParkrunEvent.Series.JUNIOR,
        "day": row["day"],
        "took_part": bool(row["how"]) or row["activity_id"] is not None or official_s is not None,
        "volunteered": row["volunteered"],
        "time_s": row["activity__elapsed_s"] if official_s is None else official_s,
        "start": row["activity__start"],
    }


class ParkrunResult(models.Model):
    """One athlete at one event on one date: on foot, as a volunteer, or both."""

    class How(models.TextChoices):
        RUN = "run", "ran"
        WALK = "walk", "walked"

    class Source(models.TextChoices):
        """Where the result comes from: an activity, a form in which the athlete typed it, or an import."""

        RECOGNISED = "recognised", "recognised"
        TYPED = "typed", "typed in"
        IMPORTED = "imported", "imported"

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="results")
    event = models.ForeignKey(ParkrunEvent, on_delete=models.RESTRICT, related_name="results")
    day = models.DateField()
    how = models.CharField(max_length=4, choices=How, blank=True)
    """Whether the athlete ran or walked. "" if they have not said so: then the activity's sport decides."""
    volunteered = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source)
    """A recognised result is deleted when its activity is removed. Typed and imported results stay."""
    official_time_s = models.PositiveIntegerField(null=True, blank=True)
    """The time that parkrun has published."""
    position = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    withheld = models.BooleanField(default=False)
    """Whether the result has lost its activity. Clubs do not see it until it is linked to an activity again."""
    activity = models.OneToOneField(Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="result")

    objects = ParkrunResultQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["athlete", "event", "day"], name="result_once_an_event_and_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["athlete", "-day", "-id"], name="result_newest_first")]

    def __str__(self) -> str:
        return f"result {self.pk}"

    @property
    def key(self) -> tuple[int, date]:
        """The event's primary key and the date, which are unique among an athlete's results."""
        return self.event_id, self.day

    @property
    def stated(self) -> bool:
        """Whether the athlete typed in or imported the result. Such a result stays when its activity is removed."""
        return self.source != self.Source.RECOGNISED

    @property
    def on_foot(self) -> str:
        """How.RUN or How.WALK, as entered or else by the activity's sport. "" if the athlete only volunteered.

        A result with an official time, but without `how` and activity, is How.RUN.
        """
        if self.how:
            return self.how
        if self.activity is not None:
            return self.How.WALK if self.activity.sport_type in WALKED else self.How.RUN
        return self.How.RUN if self.official_time_s is not None else ""

    @property
    def time_s(self) -> int | None:
        """The official time, or else the activity's elapsed time. None if there is neither."""
        if self.official_time_s is not None:
            return self.official_time_s
        return self.activity.elapsed_s if self.activity else None


class StartingNumbers(models.Model):
    """How many parkruns an athlete had done before the first one that is stored here. Counting begins after them."""

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="starting_numbers"
    )
    parkruns = models.PositiveIntegerField(default=0)
    juniors = models.PositiveIntegerField(default=0)
    volunteered = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.parkruns} parkruns before"


class ImportDraft(models.Model):
    """Results that were read from an athlete's paste, stored until the athlete confirms the import.

    The next paste replaces the draft. The form of the preview page does not carry the results, so a browser neither
    sends them again nor can change them. Confirming deletes the draft, so a second confirmation finds none.
    """

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="import_draft"
    )
    token = models.CharField(max_length=32)
    """A random text, new for each draft. The form of an older preview has another token, and confirms nothing."""
    content = models.JSONField()
    """The rows and faults of the paste, written and read by importing/drafts.py."""
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft of {self.made_at:%Y-%m-%d %H:%M}"

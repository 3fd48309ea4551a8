"""Athletes' results, one for each event and date, their starting numbers and their import drafts.

A result stores only what the athlete has stated or imported. The rest is read from its activity and not copied, so
`how` is "" until the athlete has stated it, and a result may exist for its activity alone.
"""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.activities.models import Activity
from strava_live.keyset import KeysetQuerySet, by_day
from strava_live.parkrun.counting import ParkrunFacts
from strava_live.parkrun.models import ParkrunEvent
from strava_live.visibility import PRIVATE_RESULT, SHAREABLE_RESULT

WALKED = ("Walk", "Hike")
TOOK_PART = ~Q(how="") | Q(activity__isnull=False) | Q(official_time_s__isnull=False)


class ParkrunResultQuerySet(KeysetQuerySet["ParkrunResult"]):
    keyset = by_day("day", "pk")

    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def shown(self) -> Self:
        """Join what a row of a list shows, so that it takes one query."""
        return self.select_related("event", "activity").defer("activity__polyline")

    def on_foot(self) -> Self:
        """Leave out days on which the athlete only volunteered."""
        return self.filter(TOOK_PART)

    def shareable(self) -> Self:
        """Those that clubs may see while the athlete shares parkruns."""
        return self.filter(SHAREABLE_RESULT)

    def private(self) -> Self:
        """Those whose activity is not visible to everyone at Strava: no club sees them."""
        return self.filter(PRIVATE_RESULT)

    def facts(self) -> list[ParkrunFacts]:
        """Read what counting needs, in one query."""
        junior = ParkrunEvent.Series.JUNIOR
        rows = self.values_list(
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
        return [
            ParkrunFacts(
                key=pk,
                event=slug,
                event_name=name,
                junior=series == junior,
                day=day,
                took_part=bool(how) or activity_id is not None or official_s is not None,
                volunteered=volunteered,
                time_s=elapsed_s if official_s is None else official_s,
                start=start,
            )
            for pk, slug, name, series, day, how, volunteered, official_s, activity_id, elapsed_s, start in rows
        ]


class ParkrunResult(models.Model):
    """One athlete at one event on one date, on foot, as a volunteer, or both."""

    class How(models.TextChoices):
        RUN = "run", "ran"
        WALK = "walk", "walked"

    class Source(models.TextChoices):
        RECOGNISED = "recognised", "recognised"
        TYPED = "typed", "typed in"
        IMPORTED = "imported", "imported"

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="results")
    event = models.ForeignKey(ParkrunEvent, on_delete=models.RESTRICT, related_name="results")
    day = models.DateField()
    how = models.CharField(max_length=4, choices=How, blank=True)
    volunteered = models.BooleanField(default=False)
    source = models.CharField(max_length=10, choices=Source)
    """A recognised result is deleted when its activity is removed. The others stay."""
    official_time_s = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    withheld = models.BooleanField(default=False)
    """Its activity was removed or is no longer a parkrun. Until it has one again, clubs do not see the result."""
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
        return self.event_id, self.day

    @property
    def stated(self) -> bool:
        """Whether it stays when its activity is removed."""
        return self.source != self.Source.RECOGNISED

    @property
    def on_foot(self) -> str:
        """How.RUN or How.WALK, as stated or by the activity's sport. "" if the athlete only volunteered."""
        if self.how:
            return self.how
        if self.activity is not None:
            return self.How.WALK if self.activity.sport_type in WALKED else self.How.RUN
        return self.How.RUN if self.official_time_s is not None else ""

    @property
    def time_s(self) -> int | None:
        """The official time, or else the activity's elapsed time."""
        if self.official_time_s is not None:
            return self.official_time_s
        return self.activity.elapsed_s if self.activity else None


class StartingNumbers(models.Model):
    """How many parkruns an athlete had before the first one stored here."""

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="starting_numbers"
    )
    parkruns = models.PositiveIntegerField(default=0)
    juniors = models.PositiveIntegerField(default=0)
    volunteered = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.parkruns} parkruns before"


class ImportDraft(models.Model):
    """What was read from an athlete's paste, until it is confirmed. The next paste replaces it.

    It is stored rather than carried in the page, so that it cannot be changed between preview and confirmation, a phone
    does not send it twice, and a second confirmation finds it gone. `content` is written by importing/drafts.py.
    """

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="import_draft"
    )
    token = models.CharField(max_length=32)
    """Changes with each draft, so that the form of an older preview confirms nothing."""
    content = models.JSONField()
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft of {self.made_at:%Y-%m-%d %H:%M}"

    @classmethod
    def delete_older_than(cls, moment: datetime) -> None:
        cls.objects.filter(made_at__lt=moment).delete()

"""An athlete's parkruns as rows: one at one event on one date, whatever it is known from; and what is kept beside them.

A row holds what is stated of it; what its activity shows is looked up there and copied nowhere. So `how` is "" until
somebody has said whether it was run or walked, and a row may be there for its activity alone.
"""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.activities.models import Activity
from strava_live.keyset import KeysetQuerySet, by_day
from strava_live.parkrun.counting import Counted
from strava_live.parkrun.models import ParkrunEvent

WALKED = ("Walk", "Hike")
TOOK_PART = ~Q(how="") | Q(activity__isnull=False) | Q(official_time_s__isnull=False)


class ParkrunResultQuerySet(KeysetQuerySet["ParkrunResult"]):
    keyset = by_day("day", "pk")

    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def shown(self) -> Self:
        """With all that a row of a list tells, in one query."""
        return self.select_related("event", "activity").defer("activity__polyline")

    def on_foot(self) -> Self:
        """Without those days on which they only volunteered."""
        return self.filter(TOOK_PART)

    def shareable(self) -> Self:
        """What its athlete hides at Strava, be it from all or from all but followers, no club ever sees."""
        return self.filter(Q(activity=None, withheld=False) | Q(activity__visibility="everyone"))

    def counted(self) -> list[Counted]:
        """As the counting wants them, in one query."""
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
            Counted(
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
    """One athlete at one event on one date: there on foot, as a volunteer, or both."""

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
    """Who vouches for it when its activity is taken away: for what was only recognised, nobody."""
    official_time_s = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    withheld = models.BooleanField(default=False)
    """Its activity was taken away from it, be it un-saved or no parkrun any more: no club sees it for what is stated of
    it, until an activity shows it again."""
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
        """Whether it stays when its activity is taken away."""
        return self.source != self.Source.RECOGNISED

    @property
    def on_foot(self) -> str:
        """Whether it was run or walked: as stated, or as its activity tells; "" for one who only volunteered."""
        if self.how:
            return self.how
        if self.activity is not None:
            return self.How.WALK if self.activity.sport_type in WALKED else self.How.RUN
        return self.How.RUN if self.official_time_s is not None else ""

    @property
    def time_s(self) -> int | None:
        """The official time where it is known, or else the one from start to finish."""
        if self.official_time_s is not None:
            return self.official_time_s
        return self.activity.elapsed_s if self.activity else None


class StartingNumbers(models.Model):
    """How many an athlete had before the first that is known here."""

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="starting_numbers"
    )
    parkruns = models.PositiveIntegerField(default=0)
    juniors = models.PositiveIntegerField(default=0)
    volunteered = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.parkruns} parkruns before"


class ImportDraft(models.Model):
    """What an athlete has pasted, read and not yet confirmed. One an athlete: the next replaces it.

    Kept here rather than carried in the page: nobody can change it between preview and confirmation, a phone does not
    send it up and down again, and confirming twice finds it gone.
    """

    athlete = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="import_draft"
    )
    token = models.CharField(max_length=32)
    """Names this very draft, so that the form of an older preview confirms nothing."""
    content = models.JSONField()
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft of {self.made_at:%Y-%m-%d %H:%M}"

    @classmethod
    def forget_older_than(cls, moment: datetime) -> None:
        cls.objects.filter(made_at__lt=moment).delete()

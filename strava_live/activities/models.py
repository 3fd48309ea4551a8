"""The tables of activities, of each athlete's state, and of removals that can be undone."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from strava_live.keyset import KeysetQuerySet, by_second
from strava_live.time_zones import UTC_ZONE, start_of_day

STRAVA_ACTIVITY = "https://www.strava.com/activities/{}"
GONE = "gone"
"""The visibility of an activity that Strava no longer has, or no longer shows to us. Strava's own words are `everyone`,
`followers_only` and `only_me`."""
PARKRUN = Q(parkrun="sure", state__in=["found", "saved"]) | Q(parkrun="maybe", state="saved")
"""Matches the activities that count as parkruns: sure ones that were not dismissed, and maybes that were saved."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
"""No activity is before the first of these days, or after the last."""
DAY = timedelta(days=1)
UNDECIDED = Q(parkrun="maybe", state="found", settled=False)
"""Matches the maybes whose athlete has not answered "Was this a parkrun?"."""


def address_of(strava_id: int) -> str:
    """Return the address of an activity at Strava."""
    return STRAVA_ACTIVITY.format(strava_id)


def garmin_device(device_name: str) -> str:
    """Return the name of a Garmin device, such as "Garmin Forerunner 255", or "" for another make.

    Garmin requires that pages name the device that recorded an activity.
    """
    words = device_name.split()
    return " ".join(words) if words[:1] == ["Garmin"] else ""


class ActivityQuerySet(KeysetQuerySet["Activity"]):
    keyset = by_second("start", "strava_id")

    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def saved(self) -> Self:
        return self.filter(state=Activity.State.SAVED)

    def unsaved(self) -> Self:
        return self.exclude(state=Activity.State.SAVED)

    def unsaved_parkruns(self) -> Self:
        """Keep the parkruns that their athlete could save: unsaved sure ones, and maybes that were saved and removed.

        A removed maybe counts, because its athlete had saved it as a parkrun.
        """
        was_one = Q(parkrun=Activity.Verdict.SURE) | Q(parkrun=Activity.Verdict.MAYBE, removed=True)
        return self.unsaved().filter(was_one)

    def parkruns(self) -> Self:
        """Keep sure parkruns that were not dismissed, and maybes that their athlete saved."""
        return self.filter(PARKRUN)

    def undecided(self) -> Self:
        """Keep the maybes whose athlete has not answered "Was this a parkrun?"."""
        return self.filter(UNDECIDED)

    def for_rules(self) -> Self:
        """Keep the activities that `parkrun.rules` compares: all but those that are gone and not dismissed."""
        return self.exclude(~Q(state=Activity.State.DISMISSED), visibility=GONE)

    def with_result(self) -> Self:
        """Load each activity's parkrun result in the same query. The result may have an official time."""
        return self.select_related("result")

    def on_days(self, first: date | None, last: date | None) -> Self:
        """Keep the activities from the first day to the last, both included, by the local clock where they started.

        The conditions on `start` let the database use the index of the list: a local date is at most a day away from
        the date in UTC.
        """
        rows = self
        if first:
            first = max(first, FIRST_DAY)
            rows = rows.filter(start__gte=start_of_day(first, UTC_ZONE) - DAY, wall_clock__gte=f"{first}T00:00:00")
        if last:
            last = min(last, LAST_DAY)
            rows = rows.filter(start__lt=start_of_day(last, UTC_ZONE) + 2 * DAY, wall_clock__lte=f"{last}T23:59:59")
        return rows

    def changed_since(self, mark: int) -> Self:
        """Keep the activities that changed after this mark, in the order of their changes."""
        return self.filter(mark__gt=mark).order_by("mark")


class KnownActivities(models.Manager["Activity"]):
    """The activities that Strava has, as far as this site knows."""

    def get_queryset(self) -> models.QuerySet["Activity"]:
        return super().get_queryset().exclude(visibility=GONE)


class Activity(models.Model):
    """One activity of one athlete, as Strava has it, with its state here and the verdict of the parkrun rules.

    Its state is one of three:

    - `found`: a copy that is deleted a week after Strava last returned the activity.
    - `saved`: kept, because the rules were sure or its athlete saved it.
    - `dismissed`: its athlete does not want it, and no sync saves it.
    """

    class State(models.TextChoices):
        FOUND = "found"
        SAVED = "saved"
        DISMISSED = "dismissed"

    class Verdict(models.TextChoices):
        """Whether the activity was a parkrun: what `parkrun.rules` decided, or its athlete's correction.

        Saving or dismissing a maybe changes its state, not its verdict.
        """

        NO = "", "no parkrun"
        SURE = "sure"
        MAYBE = "maybe"

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activities")
    strava_id = models.BigIntegerField()
    name = models.CharField(max_length=255, blank=True)
    sport_type = models.CharField(max_length=64, blank=True)
    start = models.DateTimeField()
    wall_clock = models.CharField(max_length=19)  # local time without a zone: 2026-11-21T09:02:13
    utc_offset_s = models.IntegerField()
    zone = models.CharField(max_length=64, blank=True)
    hidden_start = models.BooleanField(default=False)
    distance_m = models.FloatField()
    moving_s = models.PositiveIntegerField()
    elapsed_s = models.PositiveIntegerField()
    manual = models.BooleanField(default=False)
    trainer = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    visibility = models.CharField(max_length=16)
    start_lat = models.FloatField(null=True)
    start_lng = models.FloatField(null=True)
    polyline = models.TextField(blank=True)
    device_name = models.CharField(max_length=255, blank=True)
    athlete_count = models.PositiveIntegerField(default=1)
    workout_type = models.PositiveIntegerField(null=True)

    state = models.CharField(max_length=9, choices=State, default=State.FOUND)
    mark = models.BigIntegerField()
    """The number of the last change to this row, counted in the athlete's row of `AthleteState`."""
    seen_at = models.DateTimeField()
    """When Strava last returned the activity. A found activity is deleted RETENTION_FOUND_DAYS after that."""
    seen_in = models.BigIntegerField(null=True)
    """The primary key of the sync run that created the row, or of the last import that has read the activity since. By
    this, an import counts each activity once."""

    parkrun = models.CharField(max_length=5, choices=Verdict, blank=True, default=Verdict.NO)
    event_slug = models.CharField(max_length=100, blank=True)
    event_name = models.CharField(max_length=120, blank=True)
    reasons = models.JSONField(default=list)
    """The reasons for the verdict as codes and parameters (parkrun/reasons.py), never as English."""
    rules_version = models.PositiveIntegerField(default=0)
    settled = models.BooleanField(default=False)
    """Whether a decision of the athlete about the activity holds. `parkrun.rules` leaves it alone then."""
    removed = models.BooleanField(default=False, db_default=False)
    """Whether the athlete removed this saved parkrun. No sync then saves another recording of the same parkrun."""

    objects = KnownActivities.from_queryset(ActivityQuerySet)()
    with_gone = ActivityQuerySet.as_manager()
    """All rows, also those of activities that are gone (gone.py)."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["athlete", "strava_id"], name="activity_once_an_athlete"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["athlete", "-start", "-strava_id"], name="activity_newest_first"),
            models.Index(fields=["athlete", "mark"], name="activity_changed_since"),
            models.Index(fields=["state", "seen_at"], name="activity_to_forget"),
        ]

    def __str__(self) -> str:
        return f"activity {self.strava_id}"

    @property
    def is_gone(self) -> bool:
        """Return True if Strava no longer has the activity, or no longer shows it to us (gone.py)."""
        return self.visibility == GONE

    @property
    def url(self) -> str:
        return address_of(self.strava_id)

    @property
    def start_local(self) -> datetime:
        """The start by the local clock, without a time zone."""
        return datetime.fromisoformat(self.wall_clock)

    @property
    def badge(self) -> str:
        """The parkrun badge on pages: "sure", "maybe" or "" for no badge.

        A maybe that was saved gets the badge of a sure parkrun, a maybe that was dismissed gets none.
        """
        if self.parkrun != self.Verdict.MAYBE:
            return self.parkrun
        answered = {self.State.SAVED: self.Verdict.SURE, self.State.FOUND: self.Verdict.MAYBE}
        return answered.get(self.State(self.state), self.Verdict.NO)

    @property
    def garmin_device(self) -> str:
        return garmin_device(self.device_name)

    @property
    def start_latlng(self) -> tuple[float, float] | None:
        return None if self.start_lat is None or self.start_lng is None else (self.start_lat, self.start_lng)


class AthleteState(models.Model):
    """One row for each athlete, which counts the changes to their activities.

    This row is locked before an activity of the athlete is written.
    """

    athlete = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    value = models.BigIntegerField(default=0)
    """The mark (number) of the last change to one of the athlete's activities."""

    history_known = models.BooleanField(default=False)
    """Whether the athlete's whole Strava history has been read. Until then their parkruns are not numbered, unless they
    have no history to read (`feed.parkrun_entries.without_full_history`)."""

    def __str__(self) -> str:
        return f"mark {self.value}"


class RemovalQuerySet(models.QuerySet["Removal"]):
    def of(self, athlete_id: int) -> Self:
        return self.filter(athlete_id=athlete_id)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def undoable(self) -> Self:
        """Keep the removals of the last day. Older ones cannot be undone."""
        return self.filter(made_at__gt=timezone.now() - Removal.KEPT_FOR)

    def expired(self) -> Self:
        """Keep the removals that can no longer be undone."""
        return self.filter(made_at__lte=timezone.now() - Removal.KEPT_FOR)


class Removal(models.Model):
    """Activities that an athlete removed together. The athlete can undo this for a day, while the row is kept."""

    KEPT_FOR = timedelta(days=1)

    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="removals")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    before = models.JSONField()
    """The state of each activity before it was removed: by Strava id, the fields of `activities.removals.Before`."""

    objects = RemovalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"removal of {len(self.before)}"

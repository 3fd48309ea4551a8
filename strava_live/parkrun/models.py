"""Stored parkrun events, and the version of the catalogue that they form."""

import secrets
from datetime import date
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.parkrun.event import Event
from strava_live.parkrun.start_times import start_times_of


class ParkrunEventQuerySet(models.QuerySet["ParkrunEvent"]):
    def listed(self) -> Self:
        """Return the events of the catalogue, without athletes' own events."""
        return self.filter(owner=None)

    def own(self, athlete_id: int) -> Self:
        return self.filter(owner_id=athlete_id)

    def known_to(self, athlete_id: int) -> Self:
        return self.filter(Q(owner=None) | Q(owner_id=athlete_id))


class ParkrunEvent(models.Model):
    """A parkrun event. It may be closed but is never deleted, because results refer to it.

    An event with an `owner` is that athlete's own (own_events.py): it is on no list and has neither number nor place.
    """

    class Series(models.TextChoices):
        FIVE_K = "5k", "5 km"
        JUNIOR = "junior", "junior, 2 km"

    event_id = models.PositiveIntegerField("parkrun's number", unique=True, null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="own_events"
    )
    slug = models.CharField(max_length=140, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(default=0)
    longitude = models.FloatField(default=0)
    series = models.CharField(max_length=6, choices=Series, default=Series.FIVE_K)
    time_zone = models.CharField(max_length=40, blank=True)
    start_default = models.TimeField("usual start in the region", null=True, blank=True)
    start_override = models.TimeField(
        "start",
        null=True,
        blank=True,
        help_text="Only where it differs from the region's usual start. Loading a new list leaves it as it is.",
    )
    closed_on = models.DateField(
        null=True, blank=True, help_text="The day on which it was first missing from parkrun's list."
    )
    former_slugs = models.JSONField(default=list, blank=True)
    former_places = models.JSONField(default=list, blank=True)

    objects = ParkrunEventQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "parkrun event"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.owner_id is None:
            CatalogueState.new_version()

    def as_event(self) -> Event:
        """Return the event without Django, for the rules."""
        junior = self.series == self.Series.JUNIOR
        start = start_times_of(country=self.country, region=self.region, slug=self.slug, junior=junior)
        return Event(
            slug=self.slug,
            name=self.name,
            short_name=self.short_name,
            country=self.country,
            region=self.region,
            latitude=self.latitude,
            longitude=self.longitude,
            junior=junior,
            zone=self.time_zone,
            # The stored default may be outdated: it was written when the last list was loaded.
            starts=self.start_override or start.usual,
            # A start that an operator has entered is certain.
            other_starts=() if self.start_override else start.others,
            closed_on=self.closed_on,
            former_slugs=tuple(self.former_slugs),
            former_places=tuple((latitude, longitude) for latitude, longitude in self.former_places),
        )


class LoadedList(NamedTuple):
    """The list of events that was loaded last, and its date."""

    source: str
    dated: date


class CatalogueState(models.Model):
    """A single row with the version of the catalogue and the list that was loaded last.

    Every change of an event writes a new version, so that every process reads the events again.
    """

    BUNDLED, OPERATOR = "bundled", "operator"

    version = models.CharField(max_length=32)
    list_source = models.CharField(max_length=8, blank=True, default="")
    list_dated = models.DateField(null=True)

    def __str__(self) -> str:
        return f"catalogue {self.version}"

    @classmethod
    def new_version(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"version": secrets.token_hex(16)})

    @classmethod
    def current_version(cls) -> str:
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or ""

    @classmethod
    def store_list(cls, loaded: LoadedList) -> None:
        cls.objects.update_or_create(pk=1, defaults={"list_source": loaded.source, "list_dated": loaded.dated})

    @classmethod
    def loaded_list(cls) -> LoadedList | None:
        """Return the list that was loaded last. None if none was, or if its date was not stored."""
        known = cls.objects.filter(pk=1).exclude(list_dated=None).first()
        return LoadedList(known.list_source, known.list_dated) if known and known.list_dated else None


LISTED_FIELDS = tuple(
    field.name for field in ParkrunEvent._meta.fields if field.name not in ("id", "owner", "start_override")
)
"""The fields that loading a list writes."""

"""The events of the catalogue as rows, and which catalogue it is."""

import secrets
from datetime import date
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.parkrun.event import Event
from strava_live.parkrun.regions import hours


class ParkrunEventQuerySet(models.QuerySet["ParkrunEvent"]):
    def listed(self) -> Self:
        """The catalogue: without what athletes have named themselves."""
        return self.filter(owner=None)

    def own(self, athlete_id: int) -> Self:
        return self.filter(owner_id=athlete_id)

    def known_to(self, athlete_id: int) -> Self:
        return self.filter(Q(owner=None) | Q(owner_id=athlete_id))


class ParkrunEvent(models.Model):
    """One event. It is closed, never deleted: results hang on it.

    One with an `owner` is on no list: an athlete has named it (own_events.py), and it has neither number nor place.
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
            CatalogueState.changed()

    def as_event(self) -> Event:
        """The same without Django, for the rules."""
        junior = self.series == self.Series.JUNIOR
        region = hours(country=self.country, region=self.region, slug=self.slug, junior=junior)
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
            # Not the stored default: it is as old as the list that was loaded last.
            starts=self.start_override or region.usual,
            # What an operator has entered is known; other hours are no longer guessed at.
            also=() if self.start_override else region.also,
            closed_on=self.closed_on,
            former_slugs=tuple(self.former_slugs),
            former_places=tuple((latitude, longitude) for latitude, longitude in self.former_places),
        )


class LoadedList(NamedTuple):
    """The list of events that was loaded last. `dated` is the day that it describes."""

    source: str
    dated: date


class CatalogueState(models.Model):
    """One row. Its version is replaced with every change, so that every process notices; the rest is the list of events
    that was loaded last."""

    BUNDLED, OPERATOR = "bundled", "operator"

    version = models.CharField(max_length=32)
    list_source = models.CharField(max_length=8, blank=True, default="")
    list_dated = models.DateField(null=True)

    def __str__(self) -> str:
        return f"catalogue {self.version}"

    @classmethod
    def changed(cls) -> None:
        cls.objects.update_or_create(pk=1, defaults={"version": secrets.token_hex(16)})

    @classmethod
    def current_version(cls) -> str:
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or ""

    @classmethod
    def store_list(cls, loaded: LoadedList) -> None:
        cls.objects.update_or_create(pk=1, defaults={"list_source": loaded.source, "list_dated": loaded.dated})

    @classmethod
    def loaded_list(cls) -> LoadedList | None:
        """Return None if nothing was loaded, or if the events were loaded before lists were dated."""
        known = cls.objects.filter(pk=1).exclude(list_dated=None).first()
        return LoadedList(known.list_source, known.list_dated) if known and known.list_dated else None


FROM_THE_LIST = tuple(
    field.name for field in ParkrunEvent._meta.fields if field.name not in ("id", "owner", "start_override")
)
"""What loading a list writes."""

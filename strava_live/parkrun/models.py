"""The tables of parkrun events and of the catalogue's version. A change of a listed event changes the version."""

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
        """Keep the events that are or were on parkrun's list. Leave out own events, which athletes named."""
        return self.filter(owner=None)

    def own(self, athlete_id: int) -> Self:
        """Keep the athlete's own events."""
        return self.filter(owner_id=athlete_id)

    def known_to(self, athlete_id: int) -> Self:
        """Keep the listed events and the athlete's own events."""
        return self.filter(Q(owner=None) | Q(owner_id=athlete_id))


class ParkrunEvent(models.Model):
    """A parkrun event. A listed event may be closed but is never deleted, because results refer to it.

    An event with an `owner` is an own event (own_events.py): only its owner sees it, and it has no place.
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
        """Return the event as the rules use it, without Django."""
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
            # start_default may be outdated: it was stored when the last list was loaded.
            starts=self.start_override or start.usual,
            # If an operator has entered the start, no other start is possible.
            other_starts=() if self.start_override else start.others,
            closed_on=self.closed_on,
            former_slugs=tuple(self.former_slugs),
            former_places=tuple((latitude, longitude) for latitude, longitude in self.former_places),
        )


class LoadedList(NamedTuple):
    """Where the list that was loaded last came from, and its date."""

    source: str
    dated: date


class CatalogueState(models.Model):
    """A table of one row: the version of the stored events, and the source and date of the list that was loaded last.

    Every change of a listed event writes a new version. Each process reads the events again when the version differs
    from the one that it has read (catalogue.py).
    """

    BUNDLED, OPERATOR = "bundled", "operator"
    """Sources of a list: it came with the project, or an operator gave it."""

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
        """Return the source and date of the list that was loaded last. None if no list or no date is stored."""
        known = cls.objects.filter(pk=1).exclude(list_dated=None).first()
        return LoadedList(known.list_source, known.list_dated) if known and known.list_dated else None


LISTED_FIELDS = tuple(
    field.name for field in ParkrunEvent._meta.fields if field.name not in ("id", "owner", "start_override")
)
"""The fields of an event that loading a list may change."""

"""Parkrun events in Django's admin: read-only except for the start time, which operators may enter."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from strava_live.parkrun.models import LISTED_FIELDS, ParkrunEvent, ParkrunEventQuerySet


@admin.register(ParkrunEvent)
class ParkrunEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "country", "region", "series", "start_default", "start_override", "closed_on")
    list_filter = ("country", "series", ("start_override", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "region")
    readonly_fields = LISTED_FIELDS
    fields = ("start_override", *LISTED_FIELDS)

    def get_queryset(self, request: HttpRequest) -> ParkrunEventQuerySet:
        """Leave out athletes' own events."""
        return ParkrunEvent.objects.listed()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

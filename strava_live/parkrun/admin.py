"""What operators see of the events: everything, and the start is theirs to enter."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from strava_live.parkrun.models import FROM_THE_LIST, ParkrunEvent, ParkrunEventQuerySet


@admin.register(ParkrunEvent)
class ParkrunEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "country", "region", "series", "start_default", "start_override", "closed_on")
    list_filter = ("country", "series", ("start_override", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "region")
    readonly_fields = FROM_THE_LIST
    fields = ("start_override", *FROM_THE_LIST)

    def get_queryset(self, request: HttpRequest) -> ParkrunEventQuerySet:
        """What athletes have named themselves is theirs."""
        return ParkrunEvent.objects.listed()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

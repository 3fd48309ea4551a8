"""What members give each other: cheers."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from strava_live.feed.models import Entry


class Cheer(models.Model):
    """One member's cheer for one entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="cheers_given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cheers_given")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "user"], name="cheer_once")]

    def __str__(self) -> str:
        return f"cheer for {self.entry_id}"

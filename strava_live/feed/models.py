"""A club's feed: entries that carry the number of their last change, and cheers for them.

A removed entry keeps its row and its number and nothing else, so that a client which reconnects learns of the removal.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from strava_live.clubs.models import Club
from strava_live.keyset import KeysetQuerySet, by_microsecond

MAX_POST = 1000


class EntryQuerySet(KeysetQuerySet["Entry"]):
    keyset = by_microsecond("at", "pk")

    def of_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def not_removed(self) -> Self:
        """Leave out removed entries."""
        return self.filter(removed=False)

    def changed_since(self, seq: int) -> Self:
        """Return entries in the order of their last change, removed ones included."""
        return self.filter(seq__gt=seq).order_by("seq")

    def of_athlete(self, athlete_id: int) -> Self:
        return self.filter(athlete=athlete_id)


class Entry(models.Model):
    """One item of a club's feed."""

    class Kind(models.TextChoices):
        PARKRUN = "parkrun"
        MILESTONE = "milestone"
        HISTORY = "history"
        POST = "post"
        JOINED = "joined"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="entries")
    seq = models.BigIntegerField()
    first_seq = models.BigIntegerField()
    """The number under which it was added."""
    kind = models.CharField(max_length=9, choices=Kind)
    key = models.CharField(max_length=120)
    """Identifies the subject (`parkrun.<athlete>.<event>.<day>`), so that a club has one entry for each."""
    at = models.DateTimeField()
    athlete = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="entries")
    """The author or subject; null once removed. Entries are removed before their athlete's account is deleted."""
    name = models.CharField(max_length=150, blank=True)
    """The athlete's name as this club sees it; "" is "a member". It can be a username, of up to 150 characters."""
    text = models.TextField(blank=True)
    """The text of a post. The texts of other kinds are built from `data` and `name`."""
    data = models.JSONField(default=dict)
    cheers = models.PositiveIntegerField(default=0)
    removed = models.BooleanField(default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["club", "seq"], name="entry_number_once_a_club"),
            models.UniqueConstraint(fields=["club", "key"], condition=Q(removed=False), name="entry_once_a_thing"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["club", "-at", "-id"], condition=Q(removed=False), name="entry_newest_first"),
            models.Index(fields=["athlete", "club"], name="entry_of_athlete"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Cheer(models.Model):
    """One member's cheer for one entry; `Entry.cheers` counts them."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="cheers_given")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cheers_given")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "user"], name="cheer_once")]

    def __str__(self) -> str:
        return f"cheer for {self.entry_id}"

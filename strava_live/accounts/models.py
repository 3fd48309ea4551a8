"""People, their connection to Strava, and what is still to be revoked there."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from strava_live.accounts.encryption import SecretField
from strava_live.accounts.profile import LONGEST_GOAL_S, MAX_DISPLAY_NAME, SHORTEST_GOAL_S, require_time_zone
from strava_live.formats import format_duration


class User(AbstractUser):
    """An athlete, a captain, an operator: whoever signs in. Nothing here needs an e-mail address."""

    first_name = None  # type: ignore[assignment]  # one name, the one that is shown
    last_name = None  # type: ignore[assignment]

    display_name = models.CharField("name", max_length=MAX_DISPLAY_NAME, blank=True)
    parkrun_id = models.CharField(
        "parkrun id", max_length=10, blank=True, validators=[RegexValidator(r"^[1-9][0-9]*$")]
    )
    goal_time_s = models.PositiveIntegerField(
        "goal time",
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_GOAL_S), MaxValueValidator(LONGEST_GOAL_S)],
    )
    time_zone = models.CharField("time zone", max_length=40, default="UTC", validators=[require_time_zone])
    # False while it is UTC only because neither a browser nor an activity has named one (adopted_zone.py).
    time_zone_known = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username

    @property
    def goal_time(self) -> str:
        return format_duration(self.goal_time_s)

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name


def shown_name(user: User) -> str:
    """What allauth calls somebody in its messages."""
    return user.shown_name


class StravaConnection(models.Model):
    """One person's connection to one Strava athlete, with the tokens that Strava gave for it."""

    class Trouble(models.TextChoices):
        NONE = "", "none"
        RECONNECT = "reconnect_needed", "Strava no longer accepts our key"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="strava")
    strava_id = models.BigIntegerField(unique=True)
    access_token = SecretField()
    refresh_token = SecretField()
    expires_at = models.DateTimeField()
    scopes = models.CharField(max_length=200)
    connected_at = models.DateTimeField(default=timezone.now)
    # When the Strava account was made: roughly how far back its history goes, for the progress of a first import.
    joined_at = models.DateTimeField(null=True, blank=True)
    # Every activity that Strava knew by then has been read; a routine run begins a little before.
    synced_until = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=20, blank=True, choices=Trouble, default=Trouble.NONE)
    # Who is refreshing the tokens just now, and until when nobody else tries (tokens.py).
    refresh_owner = models.CharField(max_length=32, blank=True, default="")
    refresh_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Strava athlete {self.strava_id}"

    @property
    def is_readable(self) -> bool:
        """Whether FIELD_KEYS open its tokens."""
        return self.access_token.is_readable and self.refresh_token.is_readable

    @property
    def needs_reconnecting(self) -> bool:
        return bool(self.trouble) or not self.is_readable

    @property
    def granted(self) -> set[str]:
        return set(self.scopes.split(",")) - {""}

    @property
    def may_read_activities(self) -> bool:
        return bool(self.granted & {"activity:read", "activity:read_all"})


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def due(self, *, now: datetime) -> "RevocationQuerySet":
        return self.filter(next_try_at__lte=now).order_by("next_try_at", "pk")

    def claim(self, *, now: datetime, first_pause: timedelta, longest_pause: timedelta) -> "Revocation | None":
        """The next one that is due; its next try is set first, so no other process takes it meanwhile."""
        for revocation in self.due(now=now)[:20]:
            pause = min(first_pause * 2 ** min(revocation.tries, 20), longest_pause)
            if self.claim_row(revocation, now=now, pause=pause):
                return revocation
        return None

    def claim_row(self, revocation: "Revocation", *, now: datetime, pause: timedelta) -> bool:
        mine = self.filter(pk=revocation.pk, next_try_at=revocation.next_try_at)
        if not mine.update(next_try_at=now + pause, tries=models.F("tries") + 1):
            return False
        revocation.refresh_from_db()
        return True


class Revocation(models.Model):
    """A token that Strava is to forget. Once Strava has answered, the token is emptied and the row stays for a while.

    Revoking one token of an athlete ends all that this site has for them, also what they grant meanwhile: see
    revocations.py.
    """

    strava_id = models.BigIntegerField(db_index=True)
    token = SecretField()
    asked_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)

    objects = RevocationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"revocation asked for at {self.asked_at:%Y-%m-%d %H:%M}"

"""Users, their connections to Strava, and the tokens that Strava is asked to revoke."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from strava_live.accounts.encryption import Secret, SecretField, code_of_athlete, code_of_person
from strava_live.accounts.profile import LONGEST_GOAL_S, MAX_DISPLAY_NAME, SHORTEST_GOAL_S, require_time_zone
from strava_live.accounts.revocation_queue import QueuedRevocation
from strava_live.accounts.token_columns import TokenColumns
from strava_live.formats import format_duration


class User(AbstractUser):
    """Everyone who signs in: athletes, captains and operators. An email address is optional."""

    first_name = None  # type: ignore[assignment]  # display_name replaces both names
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
    time_zone_known = models.BooleanField(default=False)
    """True once the user, a browser or an activity has named a zone (people.py). Until then, `time_zone` is UTC by
    default."""

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
    """Return the name that allauth uses in its messages (ACCOUNT_USER_DISPLAY)."""
    return user.shown_name


class StravaConnection(TokenColumns):
    """A user's connection to their Strava account, with its tokens."""

    class Trouble(models.TextChoices):
        NONE = "", "none"
        RECONNECT = TokenColumns.RECONNECT, "Strava no longer accepts our key"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="strava")
    strava_id = models.BigIntegerField(unique=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    """When the Strava account was created. A first import uses it to estimate how far back the history goes."""
    synced_until = models.DateTimeField(null=True, blank=True)
    """The instant up to which all activities have been read, without a gap. None before the whole history has been read
    once, and again after the athlete has revoked our access."""
    routine_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When the next routine sync is due. None until `synced_until` is set."""
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When Strava confirmed that the athlete has revoked our access there. None otherwise."""
    trouble = models.CharField(max_length=20, blank=True, choices=Trouble, default=Trouble.NONE)

    def __str__(self) -> str:
        return f"Strava athlete {self.strava_id}"

    @property
    def granted(self) -> set[str]:
        return set(self.scopes.split(",")) - {""}

    @property
    def may_read_activities(self) -> bool:
        return bool(self.granted & {"activity:read", "activity:read_all"})


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def of_athlete(self, strava_id: int) -> "RevocationQuerySet":
        """Return the revocations of the athlete with this Strava id."""
        return self.filter(strava_id__in=[strava_id, code_of_athlete(strava_id)])

    def unanswered(self) -> "RevocationQuerySet":
        """Return the revocations that Strava has not confirmed."""
        return self.exclude(token=Secret.of(""))


class Revocation(QueuedRevocation):
    """A token that Strava is asked to revoke. Once Strava has done so, the token is erased, and the row stays a while.

    Revoking one token ends all tokens of that athlete, also newer ones: revocations.py explains the consequences.
    """

    strava_id = models.BigIntegerField(db_index=True)
    """Which athlete it is, as `code_of_athlete`: the row remains for a while after the athlete has disconnected or
    deleted the account, and must not name them. Older rows have the Strava id itself until they are processed next."""
    token = SecretField()

    objects = RevocationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"revocation asked for at {self.asked_at:%Y-%m-%d %H:%M}"

    @classmethod
    def ask(cls, strava_id: int, token: Secret, *, user_id: int | None = None) -> "Revocation":
        """Queue the revocation of an athlete's token. `user_id` is the user to whom the athlete was connected."""
        person_code = code_of_person(user_id) if user_id else ""
        return cls.objects.create(strava_id=code_of_athlete(strava_id), token=token, person_code=person_code)

    def hide_athlete(self) -> None:
        """Replace the Strava id, which older rows have, by its code (`code_of_athlete`)."""
        if self.strava_id > 0:
            self.strava_id = code_of_athlete(self.strava_id)
            self.save(update_fields=["strava_id"])

    def connected_athlete(self) -> int | None:
        """Return the Strava id of this athlete if they are connected here now, otherwise None.

        The id cannot be computed from the code, so the codes of all connected athletes are computed.
        """
        ids = StravaConnection.objects.values_list("strava_id", flat=True)
        return next((one for one in ids if self.strava_id in (one, code_of_athlete(one))), None)

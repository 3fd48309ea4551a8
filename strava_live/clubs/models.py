"""A club, who is in it and what each of them shares with it, and its two kinds of key: invitations and screens."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from strava_live.accounts.encryption import SecretField
from strava_live.accounts.profile import require_time_zone
from strava_live.visibility import ShownAs, name_shown

MAX_CLUB_NAME = 80


class ClubQuerySet(models.QuerySet["Club"]):
    def of(self, user_id: int) -> Self:
        """Where somebody is a member."""
        return self.filter(memberships__user=user_id, memberships__state=Membership.State.ACTIVE)

    def raise_figures_version(self, club_ids: Iterable[int]) -> None:
        """In the transaction that changes what the screens of these clubs count or name."""
        self.filter(pk__in=set(club_ids)).update(figures_version=F("figures_version") + 1)


def new_epoch() -> str:
    return secrets.token_hex(6)


class Club(models.Model):
    """A running club. Its row is the lock under which its feed's numbers are given out."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=MAX_CLUB_NAME)
    time_zone = models.CharField("time zone", max_length=40, default="UTC", validators=[require_time_zone])
    founded_at = models.DateTimeField(default=timezone.now)
    seq = models.BigIntegerField(default=0)
    """The number of the last addition, change or removal in its feed."""
    entry_count = models.PositiveIntegerField(default=0)
    """How many entries its feed shows: kept with the numbers, so that nobody counts a million."""
    epoch = models.CharField(max_length=12, default=new_epoch)
    """The history that `seq` counts. A backup that is restored begins another one (`manage.py restored`)."""
    evictions = models.BigIntegerField(default=0)
    """Raised with each member who leaves and each screen that is revoked. A hub that reads a higher number than before
    rechecks the permissions of this club's connections, whether or not Redis told it to close any."""
    figures_version = models.BigIntegerField(default=0)
    """Raised with each change of what the club's screens count or name, for such a change can have no `seq`."""

    objects = ClubQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(state=Membership.State.ACTIVE)

    def sharing(self) -> Self:
        """Those whose parkruns the club sees."""
        return self.active().filter(shares_parkruns=True)

    def asking(self) -> Self:
        return self.filter(state=Membership.State.ASKING)

    def waiting_for(self, captain_id: int) -> Self:
        """Who asks to join a club that this person looks after."""
        return self.asking().filter(club__in=Membership.objects.captains().of(captain_id).values("club"))

    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def in_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def longest_first(self) -> Self:
        return self.order_by("joined_at", "pk")

    def captains(self) -> Self:
        return self.active().filter(role=Membership.Role.CAPTAIN)


class Membership(models.Model):
    """One person in one club, and what they let it see."""

    class Role(models.TextChoices):
        CAPTAIN = "captain"
        MEMBER = "member"

    class State(models.TextChoices):
        ASKING = "asking", "waits for a captain's yes"
        ACTIVE = "active", "member"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role, default=Role.MEMBER)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)
    shares_parkruns = models.BooleanField(default=False)
    shown_as = models.CharField(max_length=6, choices=ShownAs, default=ShownAs.SHORT)
    consented_at = models.DateTimeField(null=True, blank=True)
    """When they last said what they share and how they are shown; None before they said anything."""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["club", "user"], name="member_once_a_club")]
        indexes: ClassVar = [models.Index(fields=["user", "state"], name="clubs_of_somebody")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.club_id}"

    @property
    def is_captain(self) -> bool:
        return self.state == self.State.ACTIVE and self.role == self.Role.CAPTAIN

    @property
    def shown_name(self) -> str:
        """What this club and its screens see of the name; "" for none."""
        return name_shown(self.user.shown_name, self.shown_as)


def digest_of(secret: str) -> str:
    """What a key is found by: whoever reads the table alone has none."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class KeyQuerySet(models.QuerySet):  # type: ignore[type-arg]  # of invitations and of screens
    def valid(self, *, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def in_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def with_secret(self, secret: str) -> Self:
        return self.filter(digest=digest_of(secret))


class Key(models.Model):
    """A secret that stands in an address: found by its digest, and readable for captains, who show it again."""

    digest = models.CharField(max_length=64, unique=True)
    secret = SecretField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Invitation(Key):
    """Whoever has its code may join, or ask to."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="invitations")
    needs_approval = models.BooleanField(default=False)
    on_screens = models.BooleanField(default=False)
    """Whether the club's wall screens show it, for everybody who passes by."""


class Screen(Key):
    """A wall screen: whoever has its key sees what the club's screens show."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="screens")
    name = models.CharField(max_length=80, default="Screen")

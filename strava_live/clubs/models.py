"""Clubs, their members with what each shares, and two kinds of secret address: invitations and wall screens."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from strava_live.accounts.encryption import SecretField, digest_of
from strava_live.accounts.profile import require_time_zone
from strava_live.keyset import KeysetQuerySet, by_microsecond
from strava_live.visibility import ShownAs, name_shown

MAX_CLUB_NAME = 80


class ClubQuerySet(models.QuerySet["Club"]):
    def of(self, user_id: int) -> Self:
        """The clubs that this person is a member of."""
        return self.filter(memberships__user=user_id, memberships__state=Membership.MemberState.ACTIVE)

    def raise_figures_version(self, club_ids: Iterable[int]) -> None:
        """Make the figures of these clubs outdated, so that they are computed again for the next request.

        Call it in the transaction that changes what wall screens count or show.
        """
        self.filter(pk__in=set(club_ids)).update(figures_version=F("figures_version") + 1)


def new_epoch() -> str:
    return secrets.token_hex(6)


class Club(models.Model):
    """A running club. Every change to its feed locks the club's row, and takes the next number (`seq`)."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=MAX_CLUB_NAME)
    time_zone = models.CharField("time zone", max_length=40, default="UTC", validators=[require_time_zone])
    founded_at = models.DateTimeField(default=timezone.now)
    seq = models.BigIntegerField(default=0)
    """The number of the last change to its feed. Adding, changing and removing an entry each take the next number."""
    entry_count = models.PositiveIntegerField(default=0)
    """How many entries the feed has, without removed ones. Stored, so that no page has to count a million rows."""
    epoch = models.CharField(max_length=12, default=new_epoch)
    """A random name for the club's sequence of numbers (`seq`). After a backup was restored, `manage.py restored` sets
    a new one. A client with numbers of an earlier epoch then reads the whole feed."""
    evictions = models.BigIntegerField(default=0)
    """How often a member has left or was removed, or a screen was revoked. Each web process reads this number every few
    seconds. If it has risen, the process checks again which of its sockets may read this club's feed. So sockets are
    closed even if Redis loses the announcement."""
    figures_version = models.BigIntegerField(default=0)
    """A number that rises when something changes that the club's wall screens count or show. `seq` is not enough: it
    stays the same if no entry of the feed changes."""

    objects = ClubQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(KeysetQuerySet["Membership"]):
    keyset = by_microsecond("joined_at", "pk")

    def active(self) -> Self:
        return self.filter(state=Membership.MemberState.ACTIVE)

    def sharing(self) -> Self:
        """The members whose parkruns the club sees."""
        return self.active().filter(shares_parkruns=True)

    def hidden(self) -> Self:
        """The memberships of people whose name the club does not see."""
        return self.filter(shown_as=ShownAs.HIDDEN)

    def asking(self) -> Self:
        return self.filter(state=Membership.MemberState.ASKING)

    def waiting_for(self, captain_id: int) -> Self:
        """The requests to join the clubs of this captain."""
        return self.asking().filter(club__in=Membership.objects.captains().of(captain_id).values("club"))

    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def with_locked_clubs(self) -> Self:
        """Load the clubs and users in the same query, and lock the clubs' rows in the order of their ids."""
        return self.select_related("club", "user").order_by("club").select_for_update(of=("club",))

    def in_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def longest_first(self) -> Self:
        return self.order_by("joined_at", "pk")

    def captains(self) -> Self:
        return self.active().filter(role=Membership.Role.CAPTAIN)


class Membership(models.Model):
    """One person in one club, or their request to join it, and what they let the club see."""

    class Role(models.TextChoices):
        CAPTAIN = "captain"
        MEMBER = "member"

    class MemberState(models.TextChoices):
        ASKING = "asking", "waits for a captain's yes"
        ACTIVE = "active", "member"

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role, default=Role.MEMBER)
    state = models.CharField(max_length=6, choices=MemberState, default=MemberState.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)
    shares_parkruns = models.BooleanField(default=False)
    shown_as = models.CharField(max_length=6, choices=ShownAs, default=ShownAs.SHORT)
    consented_at = models.DateTimeField(null=True, blank=True)
    """When the member last chose what to share and how to be shown. None for a founder who has not chosen yet."""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["club", "user"], name="member_once_a_club")]
        indexes: ClassVar = [models.Index(fields=["user", "state"], name="clubs_of_somebody")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.club_id}"

    @property
    def is_captain(self) -> bool:
        return self.state == self.MemberState.ACTIVE and self.role == self.Role.CAPTAIN

    @property
    def shown_name(self) -> str:
        """The name as this club and its screens see it, or "" for a hidden member."""
        return name_shown(self.user.shown_name, self.shown_as)


class KeyQuerySet(models.QuerySet):  # type: ignore[type-arg]  # of invitations and of screens
    def valid(self, *, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def ended_before(self, instant: datetime) -> Self:
        return self.filter(Q(expires_at__lt=instant) | Q(revoked_at__lt=instant))

    def in_club(self, club_id: int) -> Self:
        return self.filter(club=club_id)

    def with_secret(self, secret: str) -> Self:
        return self.filter(digest=digest_of(secret))


class Key(models.Model):
    """A secret that is part of an address. Its row is found by the digest of the secret.

    The secret is also stored, encrypted, so that captains can show the address again.
    """

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
    """An address with which anyone may join the club, or ask to join it if `needs_approval`."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="invitations")
    needs_approval = models.BooleanField(default=False)
    on_screens = models.BooleanField(default=False)
    """True if the club's wall screens show the QR code of this invitation to everyone who passes by."""


class Screen(Key):
    """A wall screen: an address that shows the club's parkruns, without sign-in, to anyone who has it."""

    club = models.ForeignKey(Club, on_delete=models.CASCADE, related_name="screens")
    name = models.CharField(max_length=80, default="Screen")

"""The table of API tokens."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

MAX_TOKEN_NAME = 60
HINT_LENGTH = 14
"""The number of first characters of a secret that settings show, so that a person recognises a token: the prefix
`satlive_r_` or `satlive_w_` and four more."""


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user=user_id)

    def valid(self, *, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def of_active_users(self) -> Self:
        return self.filter(user__is_active=True)

    def ended_before(self, instant: datetime) -> Self:
        """Tokens that expired or were revoked before this instant."""
        return self.filter(Q(expires_at__lt=instant) | Q(revoked_at__lt=instant))

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-pk")


class ApiToken(models.Model):
    """A secret with which a program acts for one person. The row has only a digest of the secret."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=MAX_TOKEN_NAME)
    """What the person calls the token, such as the program that uses it."""
    scope = models.CharField(max_length=5, choices=Scope)
    hint = models.CharField(max_length=16)
    """The first HINT_LENGTH characters of the secret."""
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    """The last day in UTC on which a program used the token."""
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-made_at"], name="api_tokens_of_person")]

    def __str__(self) -> str:
        return f"API token {self.pk}"

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE

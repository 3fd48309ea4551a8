"""The columns of a connection: tokens that one user has granted this site at another service, such as Strava."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from strava_live.accounts.encryption import SecretField
from strava_live.leases import LeaseColumns


class TokenColumns(models.Model):
    """The abstract base of models whose rows hold the tokens of one grant, which are refreshed."""

    RECONNECT: ClassVar = "reconnect_needed"
    """The value of `trouble` if the service no longer accepts the tokens, so that the user must connect again."""

    access_token = SecretField()
    refresh_token = SecretField()
    expires_at = models.DateTimeField()
    scopes = models.CharField(max_length=200)
    connected_at = models.DateTimeField(default=timezone.now)
    """When the user granted these tokens. A refresh leaves it as it is."""
    trouble = models.CharField(max_length=20, blank=True, default="")
    refresh_owner = models.CharField(max_length=32, blank=True, default="")
    refresh_until = models.DateTimeField(null=True, blank=True)
    """`refresh_owner` and `refresh_until`: the lease of the process that refreshes the tokens (refresh_lease.py)."""

    refresh_lease: ClassVar = LeaseColumns("refresh_owner", "refresh_until")

    class Meta:
        abstract = True

    @property
    def tokens_can_be_decrypted(self) -> bool:
        """True if keys in FIELD_KEYS decrypt both tokens."""
        return self.access_token.can_be_decrypted and self.refresh_token.can_be_decrypted

    @property
    def needs_reconnecting(self) -> bool:
        return bool(self.trouble) or not self.tokens_can_be_decrypted

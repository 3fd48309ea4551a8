"""The table of mutes and blocks: who hides whose posts, replies and notifications, and who refuses messages."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class MuteQuerySet(models.QuerySet["Mute"]):
    def of(self, owner_id: int) -> Self:
        """Return the mutes and blocks that this person has chosen."""
        return self.filter(owner=owner_id)

    def muted_by(self, owner_id: int) -> set[int]:
        """Return the ids of the people whom this person has muted or blocked."""
        return set(self.of(owner_id).values_list("other_id", flat=True))

    def blocked_by(self, owner_id: int) -> set[int]:
        """Return the ids of the people whom this person has blocked."""
        return set(self.of(owner_id).filter(blocks=True).values_list("other_id", flat=True))

    def muting(self, other_id: int, owner_ids: Collection[int]) -> set[int]:
        """Return the ids of those among `owner_ids` who have muted or blocked this person."""
        return set(self.filter(other=other_id, owner__in=owner_ids).values_list("owner_id", flat=True))

    def is_between(self, one_id: int, other_id: int) -> bool:
        """Return whether one of two people has blocked the other."""
        return bool(self.blocking_or_blocked_by(one_id, [other_id]))

    def blocking_or_blocked_by(self, user_id: int, other_ids: Collection[int]) -> set[int]:
        """Return the ids of those among `other_ids` who have blocked this person or whom this person has blocked."""
        pairs = Q(owner=user_id, other__in=other_ids) | Q(owner__in=other_ids, other=user_id)
        rows = self.filter(pairs, blocks=True).values_list("owner_id", "other_id")
        return {other if owner == user_id else owner for owner, other in rows}


class Mute(models.Model):
    """One person, the owner, has muted or blocked another. The other person never learns of it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes")
    """The person who has chosen it."""
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by")
    """The person whose posts, replies and notifications the owner does not see."""
    blocks = models.BooleanField(default=False)
    """True for a block, which is a mute that also refuses messages between the two, in both directions."""
    at = models.DateTimeField(default=timezone.now)

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "other"], name="mute_once"),
            models.CheckConstraint(condition=~Q(owner=F("other")), name="mute_of_another_person"),
        ]

    def __str__(self) -> str:
        return f"{'block' if self.blocks else 'mute'} {self.pk}"

"""The table of answered forms and API requests, so that one that is sent again gets the same answer."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

KEPT_FOR = timedelta(days=1)
"""How long the row of an answered form is kept."""


class AnsweredFormQuerySet(models.QuerySet["AnsweredForm"]):
    def older_than(self, instant: datetime) -> Self:
        return self.filter(answered_at__lt=instant)

    def of_erased(self) -> Self:
        """Return the rows of deleted accounts. They can exist, as the foreign key has no constraint in the database."""
        people = get_user_model()._default_manager.filter(pk=OuterRef("user_id"))
        return self.exclude(user_id=None).filter(~Exists(people))


class AnsweredForm(models.Model):
    """A form or a request of the API that was answered. The row is written in the transaction that does the work."""

    digest = models.CharField(max_length=64, unique=True)
    """A digest of the person, the address and the key."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        # A database constraint would lock the person's row before the athlete's lock. Deleting an account locks them
        # in the other order, so the two could deadlock.
        db_constraint=False,
    )
    content = models.CharField(max_length=64, blank=True)
    """A digest of the fields that the person filled in, or of the body of the API's request."""
    location = models.CharField(max_length=500, blank=True)
    """The address that the form's answer redirects to."""
    status = models.PositiveSmallIntegerField(default=0, db_default=0)
    """The HTTP status of the answer to a request of the API. 0 for a form of a page."""
    body = models.TextField(blank=True, default="", db_default="")
    """The JSON of the answer to a request of the API. Of an answer with a post or message, only its id."""
    answered_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = AnsweredFormQuerySet.as_manager()

    def __str__(self) -> str:
        return f"form answered at {self.answered_at:%Y-%m-%d %H:%M}"

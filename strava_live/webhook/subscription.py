"""Our webhook's address, and the table with the subscription by which Strava sends events to this address.

An application has at most one subscription at Strava. The row of WebhookSubscription says which one it is.
"""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.database import on_database
from strava_live.strava.errors import StravaError
from strava_live.strava.payloads import Subscription
from strava_live.webhook.models import WebhookSubscription

logger = logging.getLogger(__name__)
PATH = "/strava/webhook/"
"""The first part of the webhook's path. The rest is the token, which is secret."""


def webhook_path() -> str:
    return f"{PATH}{settings.STRAVA_WEBHOOK_TOKEN}/"


def callback_url() -> str:
    """Return the address to which Strava is to send events. It contains the token: never print or log it."""
    return f"{settings.SITE_URL}{webhook_path()}"


def our_subscription() -> WebhookSubscription | None:
    """Return the stored subscription if it is for the webhook's present address, otherwise None."""
    return WebhookSubscription.objects.filter(callback_url=callback_url()).first()


def note_subscriptions(found: Sequence[Subscription]) -> None:
    """Make the table agree with `found`, what Strava has: the application's only subscription, or none."""
    with transaction.atomic():
        WebhookSubscription.objects.exclude(strava_id__in=[one.id for one in found]).delete()
        for one in found:
            WebhookSubscription.objects.update_or_create(
                strava_id=one.id, defaults={"callback_url": one.callback_url[:255], "checked_at": timezone.now()}
            )


async def check_subscription() -> None:
    """Ask Strava for the subscription and store the answer. The background work calls this regularly.

    Do nothing if Strava or the webhook is not set up. If Strava cannot be asked, log the reason and leave the table.
    """
    if not settings.STRAVA_CONFIGURED or not settings.STRAVA_WEBHOOK_TOKEN:
        return
    try:
        found = await strava().subscriptions()
    except StravaError as error:
        logger.warning("the webhook subscription could not be checked", extra={"reason": str(error)})
        return
    await on_database(note_subscriptions)(found)
    if callback_url() not in [one.callback_url for one in found]:
        logger.warning("Strava sends no events to this site: run manage.py strava_webhook status")

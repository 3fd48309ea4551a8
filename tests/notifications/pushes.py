"""Notifications and subscribed browsers for tests of browser push."""

from datetime import datetime

from django.utils import timezone

from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import OutgoingPush, PushSubscription
from tests.push_client.clients import SubscribedBrowser


def notification_for(user: User, kind: str = "message", key: str = "message.1") -> Notification:
    """Return a notification without actors that is not in the outbox."""
    return Notification.objects.create(user=user, kind=kind, key=key, at=timezone.now())


def subscribed(user: User, browser: SubscribedBrowser | None = None) -> PushSubscription:
    """Subscribe a browser of the stand-in, or one at an address where nothing is sent."""
    endpoint = browser.endpoint if browser else f"https://fcm.googleapis.com/{PushSubscription.objects.count()}"
    keys = browser.keys if browser else {"p256dh": "", "auth": ""}
    return PushSubscription.objects.create(
        user=user,
        endpoint=Secret.of(endpoint),
        endpoint_digest=digest_of(endpoint),
        p256dh=Secret.of(keys["p256dh"]),
        auth=Secret.of(keys["auth"]),
        session_hash=user.get_session_auth_hash(),
    )


def states(user: User) -> list[str]:
    """Return the states of a person's rows in the outbox, oldest first."""
    return list(OutgoingPush.objects.of(user.pk).order_by("pk").values_list("state", flat=True))


def mark_sent(push: OutgoingPush, at: datetime, *to: PushSubscription) -> None:
    ids = [one.pk for one in to]
    OutgoingPush.objects.filter(pk=push.pk).update(state="sent", sent_at=at, sent_to=ids, shown_on=ids)

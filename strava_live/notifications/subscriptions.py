"""Subscribe a person's browser to notifications, remove it, and delete subscriptions that no browser uses."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.database import delete_in_batches
from strava_live.notifications.push_models import LONGEST_USER_AGENT, OutgoingPush, PushSubscription
from strava_live.push_client.endpoints import require_known_endpoint
from strava_live.push_client.subscription import PushTarget

MOST_DEVICES = 20
"""How many browsers of one person are notified. One more takes the place of the one that was not seen for longest."""
UNSEEN_DAYS = 60
"""A subscription is deleted if its browser has not opened a page of the site for so many days. By then the session has
ended, too. A push service may still accept messages for a subscription that no browser uses."""
PUSHES_KEPT_DAYS = 7
"""For how many days the outbox keeps a row with nothing left to send."""
SESSION_KEY = "push_subscription"
"""The session's key for the digest of the endpoint with which its browser is subscribed."""


def subscribe(user: User, target: PushTarget, *, session: SessionBase, user_agent: str = "") -> PushSubscription:
    """Subscribe a browser. If it was already subscribed, also for another person, it is this person's now.

    Raise PushAddressRefused or PushKeysInvalid if nothing can be sent to it.
    """
    require_known_endpoint(target.endpoint, settings.PUSH_EXTRA_HOSTS)
    target.require_keys()
    digest = digest_of(target.endpoint)
    values = {
        "user": user,
        "endpoint": Secret.of(target.endpoint),
        "p256dh": Secret.of(target.p256dh),
        "auth": Secret.of(target.auth),
        "seen_at": timezone.now(),
        "user_agent": user_agent[:LONGEST_USER_AGENT],
        "session_hash": user.get_session_auth_hash(),
    }
    with transaction.atomic():
        PushSubscription.objects.with_endpoint(digest).exclude(user=user).delete()
        row, _ = PushSubscription.objects.update_or_create(endpoint_digest=digest, defaults=values)
        newest = PushSubscription.objects.of(user.pk).order_by("-seen_at", "-pk").values("pk")
        PushSubscription.objects.filter(pk__in=list(newest[MOST_DEVICES:].values_list("pk", flat=True))).delete()
    session[SESSION_KEY] = digest
    return row


def unsubscribe(user_id: int, endpoint: str) -> bool:
    """Delete a person's subscription. Return False if there is none: it is gone, or another person's now."""
    return bool(PushSubscription.objects.of(user_id).with_endpoint(digest_of(endpoint)).delete()[0])


def renew(user: User, target: PushTarget, *, session: SessionBase, user_agent: str = "") -> PushSubscription | None:
    """Put the subscription that a browser of the person has now in the place of the one that its session has stored.

    Return None, and store nothing, if there is no row to replace: the person has removed this browser, and it stays
    removed until they switch notifications on in it again. The same holds for a browser with another session, and for a
    browser that still has a subscription that its push service has ended.
    """
    had, has = session.get(SESSION_KEY, ""), digest_of(target.endpoint)
    with transaction.atomic():
        rows = PushSubscription.objects.of(user.pk).select_for_update()
        row = rows.with_endpoint(had).first()
        if row is None and had:  # a page and the service worker can renew it at the same time
            row = rows.with_endpoint(has).first()
        if row is None or (row.endpoint_digest == has and not row.endpoint):
            rows.with_endpoint(has).delete()
            session.pop(SESSION_KEY, None)
            return None
        if row.endpoint_digest != has:
            PushSubscription.objects.with_endpoint(has).delete()
            PushSubscription.objects.filter(pk=row.pk).update(endpoint_digest=has)
        return subscribe(user, target, session=session, user_agent=user_agent)


def remove_subscription(user_id: int, pk: int) -> bool:
    """Delete one of a person's subscriptions. Return False if the person has none with this id."""
    row = PushSubscription.objects.of(user_id).filter(pk=pk).first()
    if row is None:
        return False
    row.delete()
    return True


@receiver(user_logged_out)
def unsubscribe_session(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Delete the subscription of the browser that signs out. The next person at this browser gets no notifications."""
    digest = request.session.get(SESSION_KEY)
    if user is not None and digest:
        PushSubscription.objects.of(user.pk).with_endpoint(digest).delete()


async def purge_subscriptions() -> None:
    """Delete the subscriptions of browsers that have not opened a page of the site for UNSEEN_DAYS."""
    await delete_in_batches(PushSubscription.objects.unseen_since(timezone.now() - timedelta(days=UNSEEN_DAYS)))


async def purge_pushes() -> None:
    """Delete the rows of the outbox with nothing left to send after PUSHES_KEPT_DAYS."""
    await delete_in_batches(OutgoingPush.objects.ended_before(timezone.now() - timedelta(days=PUSHES_KEPT_DAYS)))

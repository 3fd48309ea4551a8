"""Fill the outbox of browser push. Runs in a process with the settings and the database of a site."""

from collections.abc import Sequence

from django.utils import timezone

from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import PushSubscription
from strava_live.notifications.push_outbox import enqueue_all


def fill_outbox(browsers: Sequence[tuple[str, dict[str, str]]], notifications: int) -> None:
    """Create a person for each browser, and share out the notifications among them."""
    people = User.objects.bulk_create(User(username=f"runner-{number}") for number in range(len(browsers)))
    PushSubscription.objects.bulk_create(
        PushSubscription(
            user=person,
            endpoint=Secret.of(endpoint),
            endpoint_digest=digest_of(endpoint),
            p256dh=Secret.of(keys["p256dh"]),
            auth=Secret.of(keys["auth"]),
            session_hash=person.get_session_auth_hash(),
        )
        for person, (endpoint, keys) in zip(people, browsers, strict=True)
    )
    enqueue_all(
        Notification.objects.bulk_create(
            Notification(user=people[number % len(people)], kind="message", key=f"message.{number}", at=timezone.now())
            for number in range(notifications)
        )
    )

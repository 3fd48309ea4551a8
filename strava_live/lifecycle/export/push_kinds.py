"""The kinds of rows about notifications on devices: subscribed browsers, choices, and what was sent."""

from strava_live.lifecycle.export.kinds import CONFIDENTIAL, INTERNAL, YOU, ExportedKind, left_out, plain, shown
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription

PUSH_KINDS = (
    ExportedKind(
        "devices",
        PushSubscription,
        "The browsers in which you are notified. The addresses and keys with which they are reached are left out.",
        lambda user: PushSubscription.objects.of(user.pk),
        plain("id", "made_at", "seen_at", "last_ok_at", "user_agent"),
        left_out(CONFIDENTIAL, "endpoint", "endpoint_digest", "p256dh", "auth", "session_hash") | left_out(YOU, "user"),
    ),
    ExportedKind(
        "notification_choices",
        NotificationChoices,
        "What you have chosen about notifications on your devices.",
        lambda user: NotificationChoices.objects.filter(user=user),
        (
            *plain("id", "push_mention", "push_reply", "push_cheer", "push_message", "push_answer"),
            *plain("quiet_from", "quiet_until", "show_text"),
        ),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "pushes",
        OutgoingPush,
        "Notifications that were sent to your devices in the last days, or are to be sent. “notification_id” is the "
        "number of the notification.",
        lambda user: OutgoingPush.objects.of(user.pk),
        (
            *plain("id", "tag", "state", "due_at", "tries", "first_try_at", "sent_at", "sent_to", "shown_on"),
            shown("notification_id", "notification", lambda row: row.notification_id),
        ),
        left_out(INTERNAL, "lease_owner", "lease_until") | left_out(YOU, "user"),
    ),
)

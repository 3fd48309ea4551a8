"""The kind of rows about notifications."""

from strava_live.lifecycle.export.kinds import YOU, ExportedKind, left_out, plain, shown
from strava_live.notifications.models import Notification

NOTIFICATION_KINDS = (
    ExportedKind(
        "notifications",
        Notification,
        "What the bell on each page has shown you in the last 90 days: what happened, when, and when you read it. "
        "“count” is how many people did it. “entry_id” is the entry of a club's feed that it is about.",
        lambda user: Notification.objects.of(user.pk).select_related("club"),
        (
            *plain("id", "kind", "at", "read_at", "count", "key", "data"),
            shown("club", "club", lambda row: row.club.slug if row.club else None),
            shown("entry_id", "entry", lambda row: row.entry_id),
        ),
        left_out(YOU, "user"),
    ),
)

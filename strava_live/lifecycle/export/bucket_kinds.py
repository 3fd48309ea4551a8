"""The kinds of rows about Bucket: the connection, what was sent there, and the sendings."""

from strava_live.bucket.models import BucketConnection, Sending, SentActivity, SentProperty
from strava_live.lifecycle.export.kinds import CONFIDENTIAL, INTERNAL, YOU, ExportedKind, left_out, plain, shown

YOUR_BUCKET = "bucket_connection.json has your connection."

BUCKET_KINDS = (
    ExportedKind(
        "bucket_connection",
        BucketConnection,
        "Your connection to Bucket: who you are there, what you allowed us, and your choices. The keys (tokens) are "
        "left out.",
        lambda user: BucketConnection.objects.filter(user=user),
        (
            *plain("id", "person_id", "name", "scopes", "connected_at", "trouble", "thing_id", "follows"),
            *plain("sends_start_point", "sent_mark"),
            shown("tokens_expire_at", "expires_at", lambda row: row.expires_at),
        ),
        left_out(CONFIDENTIAL, "access_token", "refresh_token")
        | left_out(INTERNAL, "refresh_owner", "refresh_until")
        | left_out(YOU, "user"),
    ),
    ExportedKind(
        "bucket_properties",
        SentProperty,
        "The Properties that we keep at your Bucket, one for each kind of value.",
        lambda user: SentProperty.objects.filter(connection__user=user),
        plain("id", "kind", "property_id"),
        left_out(YOUR_BUCKET, "connection"),
    ),
    ExportedKind(
        "bucket_activities",
        SentActivity,
        "Which of your activities we have sent to your Bucket, and when. “timestamp_ms” is when it started, in "
        "milliseconds since 1970.",
        lambda user: SentActivity.objects.filter(connection__user=user),
        plain("id", "strava_id", "timestamp_ms", "kinds", "sent_at"),
        left_out(CONFIDENTIAL, "digest") | left_out(YOUR_BUCKET, "connection"),
    ),
    ExportedKind(
        "bucket_sendings",
        Sending,
        "Each time that we brought your Bucket up to date: when, and how many activities were sent or deleted there.",
        lambda user: Sending.objects.of(user.pk),
        (
            *plain("id", "state", "reason", "total", "sent", "unchanged", "deleted", "checked", "missing"),
            *plain("started_at", "ended_at", "wait_until", "wait_reason", "setbacks", "cancel_asked", "failure_kind"),
        ),
        left_out(INTERNAL, "lease_owner", "lease_until") | left_out(YOUR_BUCKET, "connection"),
    ),
)

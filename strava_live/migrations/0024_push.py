"""Store the browsers that are notified by push, what people have chosen, and the outbox."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
import strava_live.accounts.encryption
import strava_live.notifications.push_models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("strava_live", "0023_notifications"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="NotificationChoices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("push_mention", models.BooleanField(default=True)),
                ("push_reply", models.BooleanField(default=True)),
                ("push_cheer", models.BooleanField(default=True)),
                ("push_message", models.BooleanField(default=True)),
                ("push_answer", models.BooleanField(default=True)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
                ("show_text", models.BooleanField(default=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", strava_live.accounts.encryption.SecretField()),
                ("endpoint_digest", models.CharField(max_length=64, unique=True)),
                ("p256dh", strava_live.accounts.encryption.SecretField()),
                ("auth", strava_live.accounts.encryption.SecretField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("last_ok_at", models.DateTimeField(blank=True, null=True)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
                ("session_hash", models.CharField(max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutgoingPush",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tag", models.CharField(default=strava_live.notifications.push_models.new_tag, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("closing", "Closing"),
                            ("closed", "Closed"),
                            ("taken_back", "Taken Back"),
                            ("page_open", "Page Open"),
                            ("not_wanted", "Not Wanted"),
                            ("refused", "Refused"),
                            ("given_up", "Given Up"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("first_try_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_to", models.JSONField(default=list)),
                ("shown_on", models.JSONField(default=list)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "notification",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="push",
                        to="strava_live.notification",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing_pushes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "closing"])),
                        fields=["due_at", "id"],
                        name="pushes_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "closing"])),
                        fields=["lease_until"],
                        name="pushes_leased",
                    ),
                    models.Index(fields=["due_at"], name="pushes_by_age"),
                ],
            },
        ),
    ]

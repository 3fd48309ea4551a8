"""Store connections to Bucket, what was sent there, and sendings."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import strava_live.accounts.encryption


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("strava_live", "0019_api_tokens"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="BucketRevocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("access_token", strava_live.accounts.encryption.SecretField()),
                ("refresh_token", strava_live.accounts.encryption.SecretField()),
                ("expires_at", models.DateTimeField()),
                ("scopes", models.CharField(max_length=200)),
                ("connected_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("trouble", models.CharField(blank=True, default="", max_length=20)),
                ("refresh_owner", models.CharField(blank=True, default="", max_length=32)),
                ("refresh_until", models.DateTimeField(blank=True, null=True)),
                ("deletes_there", models.BooleanField(default=False)),
                ("thing_id", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_try_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="BucketConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("access_token", strava_live.accounts.encryption.SecretField()),
                ("refresh_token", strava_live.accounts.encryption.SecretField()),
                ("expires_at", models.DateTimeField()),
                ("scopes", models.CharField(max_length=200)),
                ("connected_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[("", "none"), ("reconnect_needed", "Bucket no longer accepts our key")],
                        default="",
                        max_length=20,
                    ),
                ),
                ("refresh_owner", models.CharField(blank=True, default="", max_length=32)),
                ("refresh_until", models.DateTimeField(blank=True, null=True)),
                ("thing_id", models.CharField(blank=True, max_length=100)),
                ("follows", models.BooleanField(default=False)),
                ("sends_start_point", models.BooleanField(default=False)),
                ("sent_mark", models.BigIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bucket", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SentProperty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("distance", "Distance"),
                            ("elapsed", "Elapsed"),
                            ("moving", "Moving"),
                            ("parkrun_time", "Parkrun Time"),
                            ("title", "Title"),
                            ("sport", "Sport"),
                            ("average_speed", "Average Speed"),
                            ("start_point", "Start Point"),
                        ],
                        max_length=20,
                    ),
                ),
                ("property_id", models.CharField(max_length=100)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="properties",
                        to="strava_live.bucketconnection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "kind"), name="bucket_property_once_a_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("waiting", "Waiting"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[("asked", "Asked"), ("following", "Following")], default="asked", max_length=9
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("sent", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("checked", models.PositiveIntegerField(default=0)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                ("wait_until", models.DateTimeField(null=True)),
                (
                    "wait_reason",
                    models.CharField(
                        blank=True,
                        choices=[("rate_limit", "Rate Limit"), ("bucket_down", "Bucket Down"), ("busy", "Busy")],
                        max_length=11,
                    ),
                ),
                ("setbacks", models.PositiveIntegerField(default=0)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("failure_kind", models.CharField(blank=True, max_length=32)),
                ("lease_owner", models.CharField(blank=True, default="", max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sendings",
                        to="strava_live.bucketconnection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["running", "waiting"])), fields=["id"], name="sending_live"
                    ),
                    models.Index(fields=["connection", "-id"], name="sending_of_connection"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["running", "waiting"])),
                        fields=("connection",),
                        name="one_live_sending",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SentActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("strava_id", models.BigIntegerField()),
                ("timestamp_ms", models.BigIntegerField()),
                ("kinds", models.JSONField(default=list)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sent",
                        to="strava_live.bucketconnection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "strava_id"), name="activity_sent_once"),
                    models.UniqueConstraint(fields=("connection", "timestamp_ms"), name="timestamp_sent_once"),
                ],
            },
        ),
    ]

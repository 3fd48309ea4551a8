"""Store Strava's events, our webhook subscription, kinds of runs, when routine syncs are due, and how the site is."""

from datetime import timedelta
from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def spread_routine_syncs(apps: Any, schema_editor: Any) -> None:
    """Let the first routine syncs of connected athletes begin one after the other, over six hours."""
    connections = apps.get_model("strava_live", "StravaConnection").objects
    now = django.utils.timezone.now()
    for pk in connections.exclude(synced_until=None).values_list("pk", flat=True):
        connections.filter(pk=pk).update(routine_at=now + timedelta(minutes=pk % 360))


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("strava_live", "0017_reason_codes"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="BudgetSample",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("used", models.JSONField()),
                ("limits", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="StravaEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("about", models.CharField(choices=[("activity", "Activity"), ("athlete", "Athlete")], max_length=8)),
                ("object_id", models.BigIntegerField()),
                (
                    "aspect",
                    models.CharField(
                        choices=[("create", "Create"), ("update", "Update"), ("delete", "Delete")], max_length=6
                    ),
                ),
                ("updates", models.JSONField(default=dict)),
                ("event_time", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "signature",
                    models.CharField(
                        choices=[
                            ("verified", "signed, and the signature is right"),
                            ("unverified", "signed, but STRAVA_WEBHOOK_SECRET is not set"),
                            ("unsigned", "not signed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("handled_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stored", "the activity was stored as Strava has it now"),
                            ("removed", "Strava no longer has the activity, and it was removed here"),
                            (
                                "never_seen",
                                "Strava did not return the activity in any attempt, and it was not stored here",
                            ),
                            ("revoked", "Strava refuses our tokens: the athlete has revoked our access"),
                            ("still_connected", "Strava accepts our tokens, so the event was ignored"),
                            ("not_connected", "the athlete is not connected any more"),
                            ("failed", "Strava gave no usable answer in any attempt"),
                        ],
                        max_length=15,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookSubscription",
            fields=[
                ("strava_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("callback_url", models.CharField(max_length=255)),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="WorkingProcess",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("web", "Web"), ("worker", "Worker")], max_length=6)),
                ("takes_up", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                ("jobs", models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="syncrun",
            name="one_live_run_an_athlete",
        ),
        migrations.AddField(
            model_name="stravaconnection",
            name="revoked_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="stravaconnection",
            name="routine_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="syncrun",
            name="kind",
            field=models.CharField(
                choices=[("history", "History"), ("activities", "Activities")],
                db_default="history",
                default="history",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "waiting"])),
                fields=("athlete", "kind"),
                name="one_live_run_a_kind",
            ),
        ),
        migrations.AddField(
            model_name="stravaevent",
            name="athlete",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="strava_events", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="stravaevent",
            index=models.Index(
                condition=models.Q(("handled_at", None)), fields=["athlete", "next_try_at"], name="event_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="stravaevent",
            index=models.Index(fields=["-handled_at"], name="event_last_handled"),
        ),
        migrations.RunPython(spread_routine_syncs, migrations.RunPython.noop),
    ]

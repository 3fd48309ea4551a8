"""Runs that continue where earlier ones stopped, and when an athlete's Strava account was made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("strava_live", "0013_own_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="continues",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stravaconnection",
            name="joined_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

"""Runs that continue where earlier ones stopped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("strava_live", "0010_list_of_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="continues",
            field=models.DateTimeField(null=True),
        ),
    ]

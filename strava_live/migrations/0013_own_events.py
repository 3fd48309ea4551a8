import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """An athlete may name an event that is on no list: it has an owner, and neither number nor place."""

    dependencies = [
        ("strava_live", "0012_time_zone_known"),
    ]

    operations = [
        migrations.AddField(
            model_name="parkrunevent",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="parkrunevent",
            name="event_id",
            field=models.PositiveIntegerField(null=True, unique=True, verbose_name="parkrun's number"),
        ),
        migrations.AlterField(
            model_name="parkrunevent",
            name="latitude",
            field=models.FloatField(default=0),
        ),
        migrations.AlterField(
            model_name="parkrunevent",
            name="longitude",
            field=models.FloatField(default=0),
        ),
        migrations.AlterField(
            model_name="parkrunresult",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="results",
                to="strava_live.parkrunevent",
            ),
        ),
    ]

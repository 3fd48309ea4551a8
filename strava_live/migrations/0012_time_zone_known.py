from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def adopt_newest_activitys_zone(apps, schema_editor):
    """Repair accounts that were made through Strava, which could not name a zone: they have no password.

    An account in any other zone than UTC has been given it.
    """
    User = apps.get_model("strava_live", "User")
    Activity = apps.get_model("strava_live", "Activity")
    User.objects.exclude(time_zone="UTC").update(time_zone_known=True)
    newest = Activity.objects.filter(athlete=OuterRef("pk"), zone__contains="/").exclude(zone__startswith="Etc/")
    made_through_strava = Q(time_zone="UTC", password__startswith="!")
    found = User.objects.filter(made_through_strava).annotate(
        newest_zone=Subquery(newest.order_by("-start").values("zone")[:1])
    )
    for pk, zone in found.filter(newest_zone__isnull=False).values_list("pk", "newest_zone"):
        if len(zone) <= 40:
            User.objects.filter(pk=pk).update(time_zone=zone, time_zone_known=True)


class Migration(migrations.Migration):

    dependencies = [
        ('strava_live', '0011_removals'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='time_zone_known',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(adopt_newest_activitys_zone, migrations.RunPython.noop),
    ]

from django.db import migrations, models

import strava_live.clubs.models


class Migration(migrations.Migration):

    dependencies = [
        ('strava_live', '0006_longer_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='club',
            name='epoch',
            field=models.CharField(default=strava_live.clubs.models.new_epoch, max_length=12),
        ),
        migrations.AddField(
            model_name='club',
            name='evictions',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='club',
            name='figures_version',
            field=models.BigIntegerField(default=0),
        ),
    ]

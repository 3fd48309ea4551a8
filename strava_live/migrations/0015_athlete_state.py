from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("strava_live", "0014_continued_runs")]

    operations = [migrations.RenameModel("AthleteMark", "AthleteState")]

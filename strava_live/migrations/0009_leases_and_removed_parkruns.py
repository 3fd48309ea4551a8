"""Let Postgres renew a lease in place: no index on what a renewal changes, and room for the new row beside the old.

And remember which parkruns were removed by their athletes: those that the rules were sure of had been saved before they
were dismissed.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def leave_room(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE strava_live_syncrun SET (fillfactor = 70)')


def fill_again(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE strava_live_syncrun RESET (fillfactor)')


def note_removed(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    activities = apps.get_model('strava_live', 'Activity')
    activities.objects.filter(state='dismissed', parkrun='sure').update(removed=True)


class Migration(migrations.Migration):

    dependencies = [
        ('strava_live', '0008_answered_forms'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='syncrun',
            name='run_to_take_up',
        ),
        migrations.RemoveIndex(
            model_name='syncrun',
            name='run_of_owner',
        ),
        migrations.AddIndex(
            model_name='syncrun',
            index=models.Index(condition=models.Q(('state__in', ['running', 'waiting'])), fields=['id'], name='run_live'),
        ),
        migrations.RunPython(leave_room, fill_again),
        migrations.AddField(
            model_name='activity',
            name='removed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(note_removed, migrations.RunPython.noop),
    ]

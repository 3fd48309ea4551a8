"""Store the kind of a failed run's error instead of sentences in English."""

from typing import Any

from django.db import migrations

KIND_BY_WORDS = [
    ("reconnect_needed", "its key to your Strava", "tokens_unreadable"),
    ("strava_down", "went wrong here", "unexpected_failure"),
    ("strava_down", "does not understand", "unexpected_answer"),
    ("strava_down", "couldn't understand", "unexpected_answer"),
]
"""Errors that shared a code, by words of their sentences, today's and earlier ones."""
TELL = "Try again later. If it keeps happening, tell the person who runs this site."
SENTENCES = {
    "tokens_unreadable": ("This site can no longer read its key to your Strava.", "Connect Strava again."),
    "reconnect_needed": ("Strava no longer lets us read your activities.", "Connect Strava again."),
    "scope_missing": (
        "We are not allowed to see your activities on Strava.",
        "Connect Strava again and leave “View data about your activities” ticked.",
    ),
    "strava_inactive": (
        "Strava has switched this site off for everyone.",
        "There's nothing you need to do. The person who runs this site has to sort it out with Strava.",
    ),
    "strava_down": ("Strava isn't answering right now.", "Try again later."),
    "unexpected_answer": ("We couldn't understand Strava's answer.", TELL),
    "unexpected_failure": ("Something went wrong here during your import.", TELL),
}


def store_kinds(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("strava_live", "SyncRun").objects
    for code, words, kind in KIND_BY_WORDS:
        runs.filter(failure_kind=code, error_message__contains=words).update(failure_kind=kind)


def store_sentences(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("strava_live", "SyncRun").objects
    for kind, (message, next_step) in SENTENCES.items():
        runs.filter(failure_kind=kind).update(error_message=message, next_step=next_step)
    for code, _, kind in KIND_BY_WORDS:
        runs.filter(failure_kind=kind).update(failure_kind=code)


class Migration(migrations.Migration):
    dependencies = [("strava_live", "0015_athlete_state")]

    operations = [
        migrations.RenameField("syncrun", "error_code", "failure_kind"),
        migrations.RunPython(store_kinds, store_sentences),
        migrations.RemoveField("syncrun", "error_message"),
        migrations.RemoveField("syncrun", "next_step"),
    ]

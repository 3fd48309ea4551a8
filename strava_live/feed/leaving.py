"""Taking somebody off a club's feed."""

from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Cheer, Entry


def remove_entries_of(user_id: int, club_id: int) -> None:
    """Everything they are the subject or the author of, and their cheers. In their turn, with the membership's end."""
    with entry_writers([club_id]) as writers:
        writer = writers[club_id]
        for entry in Entry.objects.of_athlete(user_id).filter(club=club_id):
            writer.remove(entry)
        take_back_cheers(user_id, writer)


def take_back_cheers(user_id: int, writer: EntryWriter) -> None:
    cheers = Cheer.objects.filter(user=user_id, entry__club=writer.club)
    for entry in Entry.objects.filter(pk__in=cheers.values("entry")):
        if entry.pk not in writer.changed:
            entry.cheers -= 1
            writer.change(entry)
    cheers.delete()

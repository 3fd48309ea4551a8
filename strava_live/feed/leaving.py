"""Taking somebody off a club's feed."""

from strava_live.feed.models import Cheer, Entry
from strava_live.feed.numbering import Desk, numbering


def take_off(user_id: int, club_id: int) -> None:
    """Everything they are the subject or the author of, and their cheers. In their turn, with the membership's end."""
    with numbering([club_id]) as desks:
        desk = desks[club_id]
        for entry in Entry.objects.of_athlete(user_id).filter(club=club_id):
            desk.remove(entry)
        take_back_cheers(user_id, desk)


def take_back_cheers(user_id: int, desk: Desk) -> None:
    cheers = Cheer.objects.filter(user=user_id, entry__club=desk.club)
    for entry in Entry.objects.filter(pk__in=cheers.values("entry")):
        if entry.pk not in desk.changed:
            entry.cheers -= 1
            desk.change(entry)
    cheers.delete()

"""Write the entries that reconnecting members have missed. This runs in a process with the site's settings."""

from strava_live.clubs.models import Club
from strava_live.social.cheers import cheer
from strava_live.social.posts import add_post


def write_missed(club_id: int, members: list[int], entries: int, cheering: int) -> None:
    """Write posts, let the first `cheering` members cheer for one each, and print the epoch and seq from before."""
    club = Club.objects.get(pk=club_id)
    posts = [add_post(members[0], club_id, f"Post number {number}: " + "x" * 200).pk for number in range(entries)]
    for number, user_id in enumerate(members[:cheering]):
        cheer(user_id, club_id, posts[number % entries])
    print(f"{club.epoch}:{club.seq}")

"""Write the posts that reconnecting clients have missed. This runs in a process with the site's settings."""

from strava_live.clubs.models import Club
from strava_live.social.posts import add_post


def write_posts(club_id: int, author_id: int, count: int) -> None:
    """Write `count` posts and print the number of the feed's last entry (seq)."""
    for number in range(count):
        add_post(author_id, club_id, f"Post number {number}: " + "x" * 200)
    print(Club.objects.get(pk=club_id).seq)

"""Write to a club from many threads of a process that serves no sockets.

Run as `python -m tests.live.writers CLUB SECONDS WRITERS`. Writes succeed even while the channel layer is away.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django


def main(club_id: int, seconds: float, writers: int) -> None:
    django.setup()
    from strava_live.clubs.models import Membership

    until = time.monotonic() + seconds
    members = list(Membership.objects.active().filter(club=club_id).values_list("user_id", flat=True))
    with ThreadPoolExecutor(writers) as threads:
        chosen = [(club_id, members[number % len(members)], until) for number in range(writers)]
        list(threads.map(lambda arguments: write(*arguments), chosen))


def write(club_id: int, user_id: int, until: float) -> None:
    from django.db import OperationalError, connection

    from strava_live.feed.models import Entry
    from strava_live.social.cheers import cheer, uncheer
    from strava_live.social.posts import NotYours, UnknownEntry, add_post, delete_post

    while time.monotonic() < until:
        entry = Entry.objects.of_club(club_id).not_removed().order_by("?").first()
        try:
            match random.choice(("post", "post", "cheer", "uncheer", "delete")) if entry else "post":
                case "post":
                    add_post(user_id, club_id, f"written at {time.time():.6f}")
                case "cheer" if entry:
                    cheer(user_id, club_id, entry.pk)
                case "uncheer" if entry:
                    uncheer(user_id, club_id, entry.pk)
                case "delete" if entry:
                    delete_post(user_id, entry.pk)
        except (UnknownEntry, NotYours):
            pass  # another writer was quicker, or the post is of another member
        except OperationalError:
            pass  # the lock or the pool was too busy: a client would try again
        connection.close()
        time.sleep(random.uniform(0, 0.4))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))

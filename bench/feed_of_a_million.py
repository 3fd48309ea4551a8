"""A club with a million entries beside one with a thousand, in one Postgres: `bin/bench feed_of_a_million`.

Every read must take as long in the large club as in the small one: the newest page, a page from the middle, what a
reconnecting client gets (replay), what a web process reads after it has missed announcements (backfill), and the count.
The two clubs are read in turns; the results are medians.
"""

import sys

from bench.services import run_on_postgres


def main() -> int:
    return run_on_postgres("bench.million.two_feeds")


if __name__ == "__main__":
    sys.exit(main())

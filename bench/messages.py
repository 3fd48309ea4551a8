"""A conversation of 10,000 messages among 1,000 conversations, beside small ones, in Postgres: `bin/bench messages`.

Pages, lists, the socket's `hello`, the count of unread messages, sending and reading must take as many queries and as
long for the person with many messages. The people are read in turns; the results are medians.
"""

import sys

from bench.services import run_on_postgres


def main() -> int:
    return run_on_postgres("bench.conversations.few_and_many")


if __name__ == "__main__":
    sys.exit(main())

"""A conversation of 10,000 messages among 1,000 conversations, beside small ones, in Postgres: `bin/bench messages`.

Pages, lists, the socket's `hello`, the count of unread messages, sending and reading must take as many queries and as
long for the person with many messages. The people are read in turns; the results are medians.
"""

import subprocess
import sys
from contextlib import ExitStack

from tests.live_site import ROOT, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.__main__ import collect_static_files
from tests.services.postgres_server import postgres_programs, running_postgres


def main() -> int:
    programs = postgres_programs()
    if programs is None:
        sys.exit("Postgres is needed.")
    collect_static_files()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(programs))
        databases = MigratedDatabases()
        stack.callback(databases.remove)
        live_sites = stack.enter_context(LiveSites(databases))
        site = live_sites(DATABASE_URL=databases.postgres(postgres.url))
        words = [sys.executable, "-m", "bench.conversations.few_and_many"]
        reached = subprocess.run(words, env=site.environment, cwd=ROOT, check=False)
    return reached.returncode


if __name__ == "__main__":
    sys.exit(main())

"""A club with a million entries beside one with a thousand, in one Postgres: `bin/bench feed_of_a_million`.

Every read must take as long in the large club as in the small one: the newest page, a page from the middle, what a
client gets that reconnects (replay), what a web process reads after it has missed announcements (backfill), and the
count. The two clubs are read in turns; the results are medians.
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
        words = [sys.executable, "-m", "bench.million.two_feeds"]
        reached = subprocess.run(words, env=site.environment, cwd=ROOT, check=False)
    return reached.returncode


if __name__ == "__main__":
    sys.exit(main())

"""What the API costs beside other ways to answer the same request: `bin/bench api`.

A list of 50 entries is requested from the API, from a plain Django view with the same queries, encoder and bytes, from
a view that returns constant bytes, from django-ninja with `ninja.Schema`, and from Django REST framework. All are
behind the middleware of the site, and have the caller from the same token. Then the event streams are compared with
others (api_peers/streams.py), and a token is revoked while its stream is open (api_peers/revocation.py).
"""

import subprocess
import sys
from contextlib import ExitStack

from bench.api_peers import revocation, streams
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
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "bench.api_peers.settings"}
        words = [sys.executable, "-m", "bench.api_peers.lists"]
        reached = subprocess.run(words, env=environment, cwd=ROOT, check=False)
    return max(reached.returncode, streams.main(), revocation.main())


if __name__ == "__main__":
    sys.exit(main())

"""What the API costs beside other ways to answer the same request: `bin/bench api`.

A list of 50 entries is requested from the API, from a plain Django view with the same queries, encoder and bytes, from
a view that returns constant bytes, from django-ninja with `ninja.Schema`, and from Django REST framework. All are
behind the middleware of the site, and have the caller from the same token. Then the event streams are compared with
others (api_peers/streams.py), and a token is revoked while its stream is open (api_peers/revocation.py).
"""

import sys

from bench.api_peers import revocation, streams
from bench.services import run_on_postgres


def main() -> int:
    lists = run_on_postgres("bench.api_peers.lists", DJANGO_SETTINGS_MODULE="bench.api_peers.settings")
    return max(lists, streams.main(), revocation.main())


if __name__ == "__main__":
    sys.exit(main())

"""Run the stand-in: `python -m simulators.bucket --port 8002`."""

import argparse
import asyncio
import contextlib
import logging
import time
from functools import partial
from pathlib import Path

from simulators import http
from simulators.bucket.app import build
from simulators.bucket.clients import CONFIDENTIAL, CONFIDENTIAL_SECRET, PUBLIC, Clients
from simulators.bucket.keeping import kept
from simulators.bucket.limits import Limit
from simulators.bucket.settings import Settings
from simulators.bucket.site import Site
from simulators.bucket.store import CAST


def main() -> None:
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="stand-in for Bucket: %(message)s")
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    """Start the stand-in with some people, and serve until it is stopped."""
    settings = Settings(token_life_s=options.token_life, rotation=options.rotation)
    secrets = {CONFIDENTIAL: CONFIDENTIAL_SECRET, options.client_id: options.client_secret}
    limit = partial(Limit, time.time, requests=options.requests, window_s=options.window)
    site = Site(settings, Clients(secrets, options.callback_domain), limit)
    for name in CAST:
        site.store.person_named(name)
    async with kept(site, options.state) if options.state else contextlib.nullcontext():
        await http.serve(build(site), host=options.host, port=options.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.bucket", description="A stand-in for Bucket.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002, help="0 takes a free one")
    parser.add_argument("--client-id", default=PUBLIC)
    parser.add_argument("--client-secret", default="", help="a client without one is public")
    parser.add_argument("--callback-domain", default="", help="allowed besides localhost and 127.0.0.1")
    parser.add_argument("--token-life", type=float, default=8_640_000, metavar="SECONDS")
    parser.add_argument("--rotation", choices=("always", "never"), default="always", help="of refresh tokens")
    parser.add_argument("--requests", type=int, default=1000, help="limit of calls of the API in a window")
    parser.add_argument("--window", type=float, default=60, metavar="SECONDS", help="length of the window")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep everything there over a restart")
    return parser


if __name__ == "__main__":
    main()

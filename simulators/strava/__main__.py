"""Run the stand-in: `python -m simulators.strava --port 8001`."""

import argparse
import asyncio
import logging
import time
from functools import partial
from pathlib import Path

from simulators import http
from simulators.strava.app import build
from simulators.strava.cast import add_cast
from simulators.strava.club_runners import add_club_runners
from simulators.strava.keeping import keep
from simulators.strava.limits import Limits
from simulators.strava.sending import Sending
from simulators.strava.settings import Settings
from simulators.strava.site import Site


def main() -> None:
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="stand-in for Strava: %(message)s")
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    """Start the stand-in with the cast and the club runners, and serve until it is stopped."""
    settings = Settings(
        client_id=options.client_id,
        client_secret=options.client_secret,
        callback_domain=options.callback_domain,
        token_life_s=options.token_life,
        rotation=options.rotation,
    )
    limits = partial(Limits, time.time, overall=options.overall, read=options.read, window_s=options.window)
    site = Site(settings, limits, seed=options.seed)
    began = keep(site.tokens, options.state, now=site.clock()) if options.state else site.clock()
    if options.cast:
        add_cast(site)
        add_club_runners(site, began=began)
    secret = options.webhook_secret
    sending = Sending(secret=secret, signature="right" if secret else "none")
    await http.serve(build(site, sending), host=options.host, port=options.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.strava", description="A stand-in for Strava.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="of the athletes' histories")
    parser.add_argument("--client-id", default="stand-in")
    parser.add_argument("--client-secret", default="stand-in-secret")
    parser.add_argument("--webhook-secret", default="", help="sign webhook events with it")
    parser.add_argument("--callback-domain", default="", help="allowed besides localhost and 127.0.0.1")
    parser.add_argument("--token-life", type=float, default=21_600, metavar="SECONDS")
    parser.add_argument("--rotation", choices=("always", "never"), default="always", help="of refresh tokens")
    parser.add_argument("--overall", type=_pair, default=(400, 4000), metavar="WINDOW,DAY", help="limit of all calls")
    parser.add_argument("--read", type=_pair, default=(200, 2000), metavar="WINDOW,DAY", help="limit of reading calls")
    parser.add_argument("--window", type=int, default=900, metavar="SECONDS", help="length of the short window")
    parser.add_argument(
        "--no-cast", dest="cast", action="store_false", help="start without the six athletes and the forty club runners"
    )
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep tokens there over a restart")
    return parser


def _pair(text: str) -> tuple[int, int]:
    short, day = text.split(",")
    return int(short), int(day)


if __name__ == "__main__":
    main()

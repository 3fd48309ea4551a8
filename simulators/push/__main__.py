"""Run the stand-in: `python -m simulators.push --port 8003`."""

import argparse
import asyncio
import logging

from simulators import http
from simulators.push.app import build
from simulators.push.site import Site


def main() -> None:
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="stand-in for push services: %(message)s")
    asyncio.run(http.serve(build(Site()), host=options.host, port=options.port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.push", description="A stand-in for push services.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8003, help="0 takes a free one")
    return parser


if __name__ == "__main__":
    main()

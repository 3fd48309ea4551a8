"""Fill the database of the throw-away site, print what is in it as one line of JSON, then become its web server.

    python -m strava_live.management.review.demo_data PORT [subscribed]

throwaway_site.py runs it with the settings of that site. Activities are imported from the stand-in for Strava by the
code that imports them from Strava. With `subscribed`, pages say that Strava sends its events.
"""

import asyncio
import json
import os
import sys
from typing import Any

import django


def main() -> None:
    django.setup()
    sys.stdout.write(json.dumps(asyncio.run(prepare(is_subscribed=sys.argv[2:] == ["subscribed"]))) + "\n")
    sys.stdout.flush()
    serve(sys.argv[1])


async def prepare(*, is_subscribed: bool) -> dict[str, Any]:
    """Fill the empty database while the background work runs, which imports the athletes' activities."""
    from strava_live.management.review.demo_people import made_up_club, migrated  # noqa: PLC0415 needs Django
    from strava_live.worker import run_background_work  # noqa: PLC0415

    await asyncio.to_thread(migrated)
    work = asyncio.create_task(run_background_work(take_up=True))
    try:
        return await asyncio.to_thread(made_up_club, is_subscribed=is_subscribed)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def serve(port: str) -> None:
    """Replace this process by the web server."""
    server = ["-m", "strava_live.hub.daphne", "-v", "0", "-b", "127.0.0.1", "-p", port]
    os.execv(sys.executable, [sys.executable, *server, "site_config.asgi:application"])  # noqa: S606 - ours


if __name__ == "__main__":
    main()

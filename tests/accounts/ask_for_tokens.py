"""A process in which many coroutines request one athlete's token at once. Prints the tokens."""

import asyncio
import json
import sys

import django

django.setup()

from strava_live.accounts.tokens import AthleteTokenSource  # noqa: E402


async def ask(strava_id: int, times: int) -> list[str]:
    return await asyncio.gather(*(AthleteTokenSource(strava_id).token() for _ in range(times)))


print(json.dumps(asyncio.run(ask(int(sys.argv[1]), int(sys.argv[2])))))  # noqa: T201 read by the test

"""A process that uses the shared budget: `python -m tests.strava.spender PORT CALLS LANE [API_URL TOKEN]`.

Prints how many of its calls were permitted. With a URL it also makes each call.
"""

import asyncio
import sys

from redis.asyncio import Redis

from strava_live.strava.budget import Permit
from strava_live.strava.budget_redis import RedisBudget
from strava_live.strava.client import Strava
from strava_live.strava.errors import Gone, RateLimited
from strava_live.strava.limits import Lane, Meters, Policy, WindowLengths
from tests.patience import PATIENCE_S
from tests.strava.one_token import OneToken

# The windows do not end while a test runs.
POLICY = Policy(limits=Meters(20, 2000, 20, 2000), windows=WindowLengths(quarter_s=10.0**7, day_s=10.0**7))


async def main(port: int, calls: int, lane: Lane, api_url: str = "", token: str = "") -> None:
    budget = RedisBudget(lambda: Redis(port=port), POLICY, timeout_s=PATIENCE_S)
    strava = Strava(oauth_url="http://127.0.0.1:9", api_url=api_url, client_id="", client_secret="", budget=budget)

    async def attempt() -> bool:
        if not api_url:
            return isinstance(await budget.acquire(lane), Permit)
        try:
            await strava.activity(OneToken(token), 1, lane=lane)
        except RateLimited as error:
            return error.by_strava
        except Gone:
            pass
        return True

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    went = await asyncio.gather(*(attempt() for _ in range(calls)))
    sys.stdout.write(f"{sum(went)}\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Lane(sys.argv[3]), *sys.argv[4:]))

"""One Idempotency-Key sent to two processes at once makes one post, on Postgres and on SQLite."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice

import httpx
import pytest

from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services
AT_ONCE, ROUNDS = 8, 3
MAKE_TOKEN = """
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
print(make_token({user_id}, name="Robot", scope=ApiToken.Scope.WRITE)[1])
"""
COUNT_POSTS = "from strava_live.feed.models import Entry; print(Entry.objects.filter(kind='post').count())"


@pytest.fixture(params=["Postgres", "SQLite"])
def two(request: pytest.FixtureRequest, live_sites: LiveSites, redis_url: str) -> TwoProcesses:
    environment = {"REDIS_URL": redis_url}
    if request.param == "Postgres":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_database")
    return two_processes(live_sites, **environment)


def send(two: TwoProcesses, secret: str, key: str, url: str, text: str = "Coffee?") -> httpx.Response:
    """Post until the site is not too busy to answer, as a program does."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S) as client:
        while (answer := client.post(f"/api/v1/clubs/{two.club.slug}/posts", json={"text": text})).status_code == 503:
            pass
    return answer


def test_one_key_sent_to_two_processes_makes_one_post(two: TwoProcesses) -> None:
    secret = two.run(MAKE_TOKEN.format(user_id=two.club.members[0])).strip()
    urls = list(islice(cycle(two.urls), AT_ONCE))

    with ThreadPoolExecutor(AT_ONCE) as programs:
        for number in range(ROUNDS):
            answers = list(programs.map(partial(send, two, secret, f"key-{number}"), urls))
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.content for answer in answers}) == 1
            assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == AT_ONCE - 1

    assert two.run(COUNT_POSTS).strip() == str(ROUNDS)
    others = [send(two, secret, "key-0", url, "Tea?") for url in two.urls]
    assert [(answer.status_code, answer.json()["code"]) for answer in others] == [(422, "key_reused")] * 2

"""Forms that one person sends to two processes of the site."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice

import httpx
import pytest

from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services
TOKEN = "a" * 32
CLUB = {"name": "Harriers", "time_zone": "UTC", "idempotency_key": "abcdefghijklmnopqrstuvwx"}


@pytest.fixture
def two(live_sites: LiveSites, redis_url: str, postgres_database: str) -> TwoProcesses:
    return two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database, CLUB_CREATION="anyone")


def send(two: TwoProcesses, path: str, form: dict[str, str], url: str) -> httpx.Response:
    cookies = {"sessionid": two.club.sessions[0], "csrftoken": TOKEN}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    return httpx.post(f"{url}{path}", data=form | {"csrfmiddlewaretoken": TOKEN}, headers=headers, timeout=PATIENCE_S)


def test_repeated_form_creates_one_club_and_too_many_forms_are_refused(two: TwoProcesses) -> None:
    with ThreadPoolExecutor(8) as browsers:
        answers = list(browsers.map(partial(send, two, "/clubs/new/", CLUB), islice(cycle(two.urls), 8)))
        assert [answer.headers.get("Location") for answer in answers] == ["/clubs/harriers/manage/"] * 8
        assert two.run("from strava_live.clubs.models import Club; print(Club.objects.count())").strip() == "2"

        began = time.monotonic()
        flood = list(browsers.map(partial(send, two, "/sync/cancel/", {}), islice(cycle(two.urls), 150)))

    taken = [answer for answer in flood if answer.status_code == 302]
    assert len(taken) <= 61 + (time.monotonic() - began) * 6
    assert {answer.status_code for answer in flood} <= {302, 429}
    assert all(answer.headers["Retry-After"] for answer in flood if answer.status_code == 429)

"""How often one person's pages may call Bucket: all people of this site share Bucket's limit."""

import pytest
from django.test import Client

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.bucket.sendings import ASKED_SENDINGS
from strava_live.leaky_bucket import Rate
from strava_live.rate_limits import limit
from strava_live.web import bucket_access
from strava_live.web.bucket_access import QUESTIONS
from strava_live.web.bucket_writing import WRITES
from tests.bucket.connected import connected_to
from tests.web.my_bucket import NINE, property_there
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.once
TOO_OFTEN = "You've asked your Bucket for a lot in a short time. Wait a moment, then try again."


def use_up(what: str, user: User, rate: Rate) -> None:
    for _ in range(rate.amount):
        limit(what, user.pk, rate)


@pytest.mark.parametrize("address", ["/bucket/", "/bucket/?wait=yes"])
def test_page_over_the_limit_calls_nothing_and_says_so(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection, bucket: BucketStandIn, address: str
) -> None:
    use_up("bucket", athlete, QUESTIONS)
    before = bucket.stats()["calls"]

    answer = as_athlete.get(address)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert TOO_OFTEN in said(answer)
    assert "Send now" in said(answer)
    assert bucket.stats()["calls"] == before


def test_each_page_counts(as_athlete: Client, my_bucket: BucketConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_access, "QUESTIONS", Rate(3, 600))

    assert [as_athlete.get("/bucket/").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_values_over_the_limit(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    use_up("bucket", athlete, QUESTIONS)

    page, download = as_athlete.get(there.page), as_athlete.get(there.csv)

    assert (page.status_code, page.headers["Retry-After"]) == (429, "2")
    assert TOO_OFTEN in said(page)
    assert TOO_OFTEN in messages_in(download)


def test_form_over_the_limit_keeps_what_was_typed(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    use_up("bucket", athlete, QUESTIONS)

    thing, rows = as_athlete.post("/bucket/things/", {"name": "My bike"}), there.write(as_athlete, f"{NINE},5")

    for answer, typed in ((thing, 'value="My bike"'), (rows, f"{NINE},5</textarea>")):
        assert answer.status_code == 429
        assert TOO_OFTEN in said(answer)
        assert typed in said(answer)
    assert there.rows == []


def test_writing_has_a_limit_of_its_own_that_checking_does_not_count(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    use_up("bucket-writes", athlete, WRITES)

    refused, checked = (there.write(as_athlete, f"{NINE},5\n{NINE + 1},6", check=check) for check in ("", "yes"))

    assert refused.status_code == 429
    assert f"Not written. {TOO_OFTEN}" in said(refused)
    assert checked.status_code == 200
    assert there.rows == []


def test_limits_are_of_one_person(
    client: Client, athlete: User, clubmate: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    use_up("bucket", athlete, QUESTIONS)
    connected_to(bucket, clubmate)
    client.force_login(clubmate)

    assert client.get("/bucket/").status_code == 200


def test_send_now_in_a_loop_is_refused_after_a_few(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection
) -> None:
    for _ in range(ASKED_SENDINGS.amount):
        as_athlete.post("/bucket/send/")
        assert "are being sent already" in messages_in(as_athlete.post("/bucket/send/"))
        as_athlete.post("/bucket/stop/")

    answer = as_athlete.post("/bucket/send/")

    assert "You've sent many times in a row. Try again in " in messages_in(answer)
    assert Sending.objects.count() == ASKED_SENDINGS.amount

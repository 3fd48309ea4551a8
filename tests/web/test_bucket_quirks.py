"""The quirks of Bucket: what the person sees of each, and that nothing is lost or doubled.

docs/bucket.md lists all quirks with their tests. Here are those that no other test of pages and sendings shows.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import EVERYTHING, BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.http.retry import Retry
from tests.bucket.connected import START, save_activity
from tests.bucket.consenting import begin, follow
from tests.bucket.executed import executed, send_now
from tests.web import strange_bucket as quirks
from tests.web.my_bucket import NINE, property_there
from tests.web.reading import messages_in, said
from tests.web.strange_bucket import StrangeBucket

pytestmark = pytest.mark.once


@pytest.fixture
def strange(my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings) -> Iterator[StrangeBucket]:
    with ExitStack() as proxies:
        yield StrangeBucket(bucket, my_bucket, settings, proxies)


def send(athlete: User) -> Sending:
    return async_to_sync(send_now)(athlete.pk)


def go_on(sending: Sending) -> Sending:
    return async_to_sync(executed)(sending)


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        (quirks.no_header, "This site isn't set up right for Bucket."),
        (quirks.no_bearer, "This site isn't set up right for Bucket."),
        (quirks.refresh_token_as_access_token, "Bucket no longer lets us in. Connect Bucket again."),
        (quirks.lost_refresh, "Bucket no longer lets us in. Connect Bucket again."),
        (quirks.expired_without_offline, "Bucket no longer lets us in. Connect Bucket again."),
        (quirks.another_address, "This site isn't set up right for Bucket."),
        (quirks.lists_in_objects, "We couldn't understand Bucket's answer."),
        (quirks.cut_off, "Bucket isn't answering right now."),
        (quirks.too_many_things, "That's more than we can read from Bucket at once."),
    ],
)
def test_page_says_what_an_answer_means(
    as_athlete: Client, strange: StrangeBucket, quirk: Callable[[StrangeBucket], None], words: str
) -> None:
    strange.bucket.add_thing(strange.username, "My watch")
    before = strange.things
    quirk(strange)

    page = said(as_athlete.get("/bucket/"))

    assert words in page
    assert "My watch" not in page
    assert strange.things == before
    assert BucketConnection.objects.get().person_id == strange.connection.person_id


@pytest.mark.parametrize(
    ("quirk", "state", "words"),
    [
        (quirks.no_header, "failed", "This site isn't set up right for Bucket."),
        (quirks.lists_in_objects, "waiting", "Bucket isn't answering"),
        (quirks.broken_database, "waiting", "Bucket isn't answering"),
        (quirks.too_many_things, "failed", "That's more than we can read from Bucket at once."),
        (quirks.page_of_a_proxy, "waiting", "Bucket isn't answering"),
        (quirks.missing_type, "failed", "Bucket doesn't have this type."),
        (quirks.type_that_another_app_has_overwritten, "failed", "Bucket didn't accept these values."),
        (quirks.property_deleted_meanwhile, "failed", "Your Bucket doesn't have this, or doesn't show it to us."),
        (quirks.scope_that_went, "failed", "You haven't allowed us to do this in your Bucket."),
    ],
)
def test_sending_says_what_an_answer_means_and_all_arrives_once_afterwards(
    as_athlete: Client,
    athlete: User,
    strange: StrangeBucket,
    quirk: Callable[[StrangeBucket], None],
    state: str,
    words: str,
) -> None:
    for number in (1, 2):
        save_activity(athlete, number)
    quirk(strange)

    sending = send(athlete)

    assert sending.state == state
    assert words in said(as_athlete.get("/bucket/"))
    strange.put_right()
    ended = go_on(sending) if state == "waiting" else send(athlete)
    assert (ended.state, ended.missing) == ("finished", 0)
    strange.assert_all_stored()


def test_limit_of_bucket_only_delays_a_sending(as_athlete: Client, athlete: User, strange: StrangeBucket) -> None:
    strange.settings.BUCKET_RETRY = Retry(attempts=2, first_s=0.01, longest_s=0.1)
    for number in (1, 2):
        save_activity(athlete, number)
    strange.bucket.limit(requests=25, window_s=1, used=0)

    sending = send(athlete)

    assert (sending.state, sending.wait_reason) == ("waiting", "rate_limit")
    assert "Bucket's limit reached" in said(as_athlete.get("/bucket/"))
    while sending.state == "waiting" and sending.wait_until is not None:
        time.sleep(max(0.0, (sending.wait_until - timezone.now()).total_seconds()))
        sending = go_on(sending)
    assert sending.state == "finished"
    strange.assert_all_stored()


def test_other_statuses_of_success(as_athlete: Client, athlete: User, strange: StrangeBucket) -> None:
    quirks.other_statuses(strange)
    runs = [save_activity(athlete, number) for number in (1, 2)]
    send(athlete)
    runs[0].delete()

    assert send(athlete).state == "finished"
    assert "All done: your Bucket is up to date." in said(as_athlete.get("/bucket/"))
    strange.assert_all_stored()


def test_two_activities_of_one_second_both_have_a_row(
    as_athlete: Client, athlete: User, strange: StrangeBucket
) -> None:
    for number in (1, 2):
        save_activity(athlete, number, name=f"Recorded on watch {number}", start=START)

    send(athlete)

    strange.assert_all_stored()
    (thing,) = strange.things
    title = next(one["id"] for one in thing["properties"] if one["name"] == "Title")
    page = said(as_athlete.get(f"/bucket/things/{thing['id']}/properties/{title}/"))
    assert "Recorded on watch 1" in page
    assert "Recorded on watch 2" in page


def test_property_that_the_tutorial_has_made_is_an_accelerometer(
    as_athlete: Client, athlete: User, strange: StrangeBucket
) -> None:
    """Bucket reads `typeId` alone, and takes the first of all types if it is null."""
    save_activity(athlete, 1)
    send(athlete)
    (thing,) = strange.things
    strange.bucket.delete_property(next(one["id"] for one in thing["properties"] if one["name"] == "Distance (m)"))
    wrong = {"name": "Distance (m)", "type": "COUNT", "typeId": None}
    made = strange.call_api("POST", f"/things/{thing['id']}/properties", wrong, scope="openid dcd:things")

    page = said(as_athlete.get(f"/bucket/things/{thing['id']}/properties/{made['id']}/"))

    assert "Accelerometer: x (m/s2), y (m/s2), z (m/s2)" in page
    assert send(athlete).state == "finished"
    rows = {one["type_id"]: one["rows"] for one in strange.things[0]["properties"] if one["name"] == "Distance (m)"}
    assert rows == {"ACCELEROMETER": 0, "COUNT": 1}


def test_type_of_another_app_is_shown_and_written(as_athlete: Client, strange: StrangeBucket) -> None:
    dimensions = [
        {"id": "pa-date", "name": "Date", "type": "string"},
        {"id": "pa-duration", "name": "Duration", "type": "number", "unit": "min"},
        {"id": "pa-sport", "name": "Sport", "type": "string"},
    ]
    strange.call_api("POST", "/types", {"id": "PHYSICAL_ACTIVITY", "name": "Activity", "dimensions": dimensions})
    there = property_there(strange.bucket, strange.connection, "PHYSICAL_ACTIVITY", "Training")

    answer = there.write(as_athlete, f"{NINE},2026-11-21,25.5,Run")
    page = said(as_athlete.get(there.all_values))

    assert "Wrote 1 row, and read it back." in messages_in(answer)
    assert there.rows == [[NINE, "2026-11-21", 25.5, "Run"]]
    assert "My watch · Physical activity:" in page
    assert "25.5" in page


def test_property_whose_type_is_gone_is_not_written_to(as_athlete: Client, strange: StrangeBucket) -> None:
    there = property_there(strange.bucket, strange.connection)
    quirks.types_that_are_gone(strange)

    answer = there.write(as_athlete, f"{NINE},5")

    assert answer.status_code == 422
    assert "Bucket doesn't say what a row of this type holds, so we can't write one." in said(answer)
    assert there.rows == []


@pytest.mark.parametrize(
    ("type_id", "typed", "words"),
    [
        ("LOCATION", f"{NINE},4.35", "The row has 1 value after the time instead of 2"),  # the server's time, to Bucket
        ("LOCATION", f"{NINE},4.35,52.01,7", "The row has 3 values after the time instead of 2"),  # skipped in silence
        ("COUNT", f"{NINE},", "Count is missing."),
        ("COUNT", "0,5", "Bucket can't store a row at the very start of 1970."),  # Bucket does not count it
    ],
)
def test_row_that_bucket_would_not_store_as_it_is_meant(
    as_athlete: Client, strange: StrangeBucket, type_id: str, typed: str, words: str
) -> None:
    there = property_there(strange.bucket, strange.connection, type_id)
    writes = strange.bucket.stats()["calls"].get("write_values", 0)

    answer = there.write(as_athlete, typed)

    assert answer.status_code == 422
    assert words in said(answer)
    assert typed in said(answer)
    assert strange.bucket.stats()["calls"].get("write_values", 0) == writes


def test_row_without_some_values_is_shown(as_athlete: Client, strange: StrangeBucket) -> None:
    """Another app has written one dimension alone. Bucket gives null for the other."""
    there = property_there(strange.bucket, strange.connection, "LOCATION")
    strange.bucket.write_rows(there.id, [[NINE, 4.35, None]])

    page = said(as_athlete.get(there.all_values))

    assert '<td class="bucket-number">4.35</td><td>–</td>' in page
    assert as_athlete.get(there.csv_of_all).content.decode().splitlines()[1] == f"{NINE},4.35,"


def test_value_of_the_wrong_type_refuses_all_rows_in_words(as_athlete: Client, strange: StrangeBucket) -> None:
    """Bucket answers 404."""
    there = property_there(strange.bucket, strange.connection, "TEXT")
    quirks.texts_that_looked_like_numbers(strange)

    answer = there.write(as_athlete, f"{NINE},5\n{NINE + 1},6")

    assert answer.status_code == 422
    assert "Bucket didn't accept these values. Correct them, then try again." in said(answer)
    assert f"{NINE},5 {NINE + 1},6</textarea>" in said(answer)
    assert there.rows == []


@pytest.mark.parametrize(("limit", "words", "count"), [(2000, "Wrote 200 rows", 200), (20, "didn't accept", 0)])
def test_longest_body_that_a_proxy_accepts(
    as_athlete: Client, strange: StrangeBucket, limit: int, words: str, count: int
) -> None:
    there = property_there(strange.bucket, strange.connection)
    strange.bucket.settings(body_limit=limit)

    answer = there.write(as_athlete, "\n".join(f"{NINE + place},{place}" for place in range(200)))

    assert words in said(answer) + messages_in(answer)
    assert len(there.rows) == count


def test_more_values_than_one_answer_may_have(
    as_athlete: Client, strange: StrangeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.web.bucket_access.LONGEST_PAGE_ANSWER", 3000)
    there = property_there(strange.bucket, strange.connection)
    strange.bucket.write_rows(there.id, [[NINE + place, place] for place in range(200)])
    words = "That's more than we can read from Bucket at once. Choose fewer days"

    assert words in said(as_athlete.get(there.all_values))
    assert words in messages_in(as_athlete.get(there.csv_of_all))
    shorter = as_athlete.get(there.page, {"from": f"{NINE}", "to": f"{NINE + 9}"})
    assert 'Values <span class="soft figure">10</span>' in said(shorter)


def test_description_that_bucket_does_not_keep_is_said(as_athlete: Client, strange: StrangeBucket) -> None:
    strange.bucket.fault("server_error", "change_thing")

    answer = as_athlete.post("/bucket/things/", {"name": "My bike", "description": "The blue one"})

    assert messages_in(answer) == "Made “My bike” in your Bucket, but Bucket didn't keep the description."
    assert [(one["name"], one["description"]) for one in strange.things] == [("My bike", "")]


def test_type_that_bucket_does_not_have(as_athlete: Client, strange: StrangeBucket) -> None:
    thing_id = strange.bucket.add_thing(strange.username, "My watch")
    quirks.missing_type(strange)

    answer = as_athlete.post(f"/bucket/things/{thing_id}/properties/", {"name": "Notes", "type": "TEXT"})

    assert "Bucket doesn't have this type. Choose another type." in said(answer)
    assert 'value="Notes"' in said(answer)
    assert strange.things[0]["properties"] == []


def test_consent_that_bucket_remembers_needs_no_page(as_athlete: Client, strange: StrangeBucket) -> None:
    fields = {"username": strange.username, "decision": "allow", "remember": "1", "scope": [*EVERYTHING]}
    with httpx.Client(base_url=strange.bucket.url, verify=False) as browser:  # noqa: S501 - there is no TLS here
        page = browser.get(begin(as_athlete), follow_redirects=True)
        sign_in = fields | dict(page.url.params)
        page = browser.post("/profile/sign-in", data=sign_in, follow_redirects=True)
        browser.post("/profile/consent", data=fields | dict(page.url.params))

        back = browser.get(begin(as_athlete)).headers["location"]

    assert messages_in(follow(as_athlete, back)) == "Bucket is connected."
    assert BucketConnection.objects.get().person_id == strange.connection.person_id

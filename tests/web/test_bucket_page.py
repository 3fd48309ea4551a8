"""/bucket/: what is sent, the choices, the Things, and what the page says while Bucket is away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from tests.accounts.silent_server import silent_for
from tests.bucket.connected import connected_to, save_activity, username_of
from tests.web.my_bucket import property_there
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.once

FORMS = ("send", "stop", "follow", "start-point", "things")


def part(page: str) -> str:
    """Return which parts of the panel the page shows."""
    shown = [one.split('"')[0] for one in page.split('data-part="')[1:] if " hidden>" not in one.split(">")[0] + ">"]
    return " ".join(shown)


def sending(connection: BucketConnection, state: str, **fields: Any) -> Sending:
    ended_at = None if state in Sending.LIVE else timezone.now()
    return Sending.objects.create(connection=connection, state=state, ended_at=ended_at, **fields)


@pytest.fixture
def silent_bucket(my_bucket: BucketConnection, settings: Settings) -> Iterator[None]:
    """Bucket accepts connections and does not answer."""
    settings.BUCKET_PAGE_TIMEOUTS = Timeouts(read=0.5, total=0.5)
    settings.BUCKET_RETRY = Retry(attempts=1)
    with silent_for(20.0) as address:
        settings.BUCKET_API_URL = f"{address}/bucket/api"
        yield


@pytest.mark.django_db
def test_without_a_client_id_there_is_no_bucket(as_athlete: Client, settings: Settings) -> None:
    settings.BUCKET_CLIENT_ID = ""

    assert as_athlete.get("/bucket/").status_code == 404
    for name in FORMS:
        assert as_athlete.post(f"/bucket/{name}/").status_code == 404
    for page in ("/", "/settings/", "/sync/"):
        assert "/bucket/" not in said(as_athlete.get(page))


def test_page_of_an_unconnected_person_says_what_bucket_asks(
    as_athlete: Client, bucket: BucketStandIn, settings: Settings
) -> None:
    before = bucket.stats()["calls"]

    page = said(as_athlete.get("/bucket/"))

    assert "Connect Bucket" in page
    assert "What Bucket will ask you" in page
    assert bucket.stats()["calls"] == before
    for name in ("send", "follow", "start-point", "things"):
        answer = as_athlete.post(f"/bucket/{name}/", {"on": "yes", "name": "Bike"})
        assert answer.headers["Location"] == "/bucket/"
        assert "Connect your Bucket first." in messages_in(answer)
    assert as_athlete.post("/bucket/stop/").headers["Location"] == "/bucket/"


def test_links_lead_to_bucket(as_athlete: Client, my_bucket: BucketConnection) -> None:
    assert 'href="/bucket/"' in said(as_athlete.get("/activities/"))
    assert "Connected to the Bucket of" in said(as_athlete.get("/settings/"))


def test_page_lists_things_and_properties_that_other_apps_have_made(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket, "HEART_RATE", "Pulse <b>")
    other = bucket.add_person("Nobody Else")
    bucket.add_thing(other, "Not mine")

    page = said(as_athlete.get("/bucket/"))

    assert "My Things <span" in page
    assert "My watch" in page
    assert f'href="{there.page}"' in page
    assert "Pulse &lt;b&gt;" in page
    assert "Not mine" not in page


def test_each_field_has_an_id_of_its_own(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    for name in ("One", "Two"):
        bucket.add_thing(username_of(my_bucket), name)

    ids = [one.split('"')[0] for one in said(as_athlete.get("/bucket/")).split(' id="')[1:]]

    assert len(ids) == len(set(ids))


def test_own_thing_comes_first(as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn) -> None:
    my_bucket.thing_id = bucket.add_thing(username_of(my_bucket), "The one we keep")
    my_bucket.save()
    bucket.add_thing(username_of(my_bucket), "A newer one")

    page = said(as_athlete.get("/bucket/"))

    assert page.index("The one we keep") < page.index("A newer one")


def test_empty_page_says_how_to_begin(as_athlete: Client, my_bucket: BucketConnection) -> None:
    page = said(as_athlete.get("/bucket/"))

    assert part(page) == "before start"
    assert "You have no saved activities yet." in page
    assert "No Things yet" in page


def test_figures_count_what_is_there_and_what_is_to_send(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection
) -> None:
    for number in range(3):
        save_activity(athlete, number + 1)
    SentActivity.objects.create(connection=my_bucket, strava_id=1, timestamp_ms=1, sent_at=timezone.now())
    SentActivity.objects.create(connection=my_bucket, strava_id=2, timestamp_ms=2)

    page = said(as_athlete.get("/bucket/"))

    assert "<dt>activity there</dt><dd>1</dd>" in page
    assert "<dt>to send</dt><dd>3</dd>" in page
    assert "<dt>last sent</dt>" in page


def test_sending_waits_for_a_worker_and_can_be_stopped(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection
) -> None:
    save_activity(athlete, 1)

    assert as_athlete.post("/bucket/send/").headers["Location"] == "/bucket/"
    live = said(as_athlete.get("/bucket/"))
    assert part(live) == "busy live"
    assert "Show how far it has got" in live
    assert "are being sent already" in messages_in(as_athlete.post("/bucket/send/"))
    as_athlete.post("/bucket/stop/")

    assert Sending.objects.get().state == "cancelled"
    assert part(said(as_athlete.get("/bucket/"))) == "cancelled start"


@pytest.mark.parametrize(
    ("state", "fields", "parts", "words"),
    [
        ("running", {"total": 100, "sent": 25}, "running live", "25 of 100 activities sent."),
        ("waiting", {"wait_reason": "rate_limit"}, "rate_limit live", "Carrying on soon"),
        ("waiting", {"wait_reason": "bucket_down"}, "bucket_down live", "Trying again soon"),
        ("finished", {"total": 3, "sent": 3}, "finished start", "your Bucket is up to date"),
        ("finished", {"total": 3, "sent": 3, "missing": 2}, "gaps start", "Sent, with gaps"),
        ("failed", {"failure_kind": "reconnect_needed"}, "failed start", "Bucket no longer lets us in."),
        ("failed", {"failure_kind": "no such kind"}, "failed start", "Something went wrong here"),
    ],
)
def test_panel_says_how_a_sending_stands(
    as_athlete: Client, my_bucket: BucketConnection, state: str, fields: dict[str, Any], parts: str, words: str
) -> None:
    sending(my_bucket, state, **fields)

    page = said(as_athlete.get("/bucket/"))

    assert part(page) == parts
    assert words in page


def test_last_sendings_are_listed(as_athlete: Client, my_bucket: BucketConnection) -> None:
    sending(my_bucket, "finished", reason="following", total=1, sent=1)
    sending(my_bucket, "failed", failure_kind="bucket_down")

    page = said(as_athlete.get("/bucket/"))

    assert "By itself, after a change" in page
    assert "1 of 1 activity sent." in page
    assert page.count('data-key="sending-') == 2


def test_following_is_switched_on_and_off(as_athlete: Client, my_bucket: BucketConnection) -> None:
    assert "sent by themselves" in messages_in(as_athlete.post("/bucket/follow/", {"on": "yes"}))
    my_bucket.refresh_from_db()
    assert my_bucket.follows
    assert 'aria-checked="true" aria-labelledby="follow-title"' in said(as_athlete.get("/bucket/"))

    as_athlete.post("/bucket/follow/", {"on": "no"})
    my_bucket.refresh_from_db()
    assert not my_bucket.follows


def test_start_points_are_sent_only_after_a_choice(as_athlete: Client, my_bucket: BucketConnection) -> None:
    assert "Many activities start at home" in said(as_athlete.get("/bucket/"))

    assert "sending where your activities start" in messages_in(as_athlete.post("/bucket/start-point/", {"on": "yes"}))
    my_bucket.refresh_from_db()
    assert my_bucket.sends_start_point
    answer = as_athlete.post("/bucket/start-point/", {"on": "no"})
    my_bucket.refresh_from_db()

    assert not my_bucket.sends_start_point
    assert "Press “Send now” afterwards: that begins deleting the starting points" in messages_in(answer)


def test_other_people_see_nothing_of_it(
    client: Client, as_athlete: Client, clubmate: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    property_there(bucket, my_bucket)
    sending(my_bucket, "running")
    connected_to(bucket, clubmate)
    client.force_login(clubmate)

    page = said(client.get("/bucket/"))

    assert part(page) == "before start"
    assert "My watch" not in page
    client.post("/bucket/stop/")
    assert not Sending.objects.get().cancel_asked


def test_page_does_not_wait_for_a_slow_bucket(as_athlete: Client, silent_bucket: None, settings: Settings) -> None:
    settings.BUCKET_PAGE_PATIENCE_S = 0.01

    page = said(as_athlete.get("/bucket/"))

    assert "Asking your Bucket …" in page
    assert "data-later" in page
    assert 'href="/bucket/?wait=yes#things"' in page
    assert "Send now" in page


def test_page_says_that_bucket_is_down(as_athlete: Client, silent_bucket: None, my_bucket: BucketConnection) -> None:
    sending(my_bucket, "finished", total=1, sent=1)

    answer = as_athlete.get("/bucket/?wait=yes")

    assert answer.status_code == 200
    page = said(answer)
    assert "Bucket isn't answering right now. Try again later." in page
    assert "data-later" not in page
    assert part(page) == "finished start"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "server_error"}, "Bucket isn't answering right now."),
        ({"kind": "html", "status": 200}, "We couldn't understand Bucket's answer."),
        ({"kind": "rate_limited"}, "We've sent Bucket as much as it accepts for now."),
        ({"kind": "not_active"}, "You haven't allowed us to do this in your Bucket."),
        ({"kind": "not_allowed"}, "Your Bucket doesn't have this, or doesn't show it to us."),
    ],
)
def test_errors_of_bucket_are_sentences_on_the_page(
    as_athlete: Client,
    my_bucket: BucketConnection,
    bucket: BucketStandIn,
    settings: Settings,
    fault: dict[str, Any],
    words: str,
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    bucket.fault(fault.pop("kind"), "list_things", **fault)

    page = said(as_athlete.get("/bucket/"))

    assert words in page
    assert "Send now" in page


def test_expired_tokens_are_refreshed_on_the_way(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    bucket.expire_tokens(username_of(my_bucket))
    BucketConnection.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "No Things yet" in said(as_athlete.get("/bucket/"))


def test_revoked_access_asks_to_connect_again(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    bucket.revoke(username_of(my_bucket))

    first, second = said(as_athlete.get("/bucket/")), said(as_athlete.get("/bucket/"))

    assert "Bucket no longer lets us in. Connect Bucket again." in first
    assert "Connect your Bucket again to see your Things." in second
    for page in (first, second):
        assert ">Connect again</button>" in page
        assert ">Send now</button>" not in page
        assert "Make Thing" not in page


def test_number_of_queries_does_not_grow(
    as_athlete: Client, athlete: User, my_bucket: BucketConnection, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        save_activity(athlete, number + 1)
        sending(my_bucket, "finished")

    with django_assert_max_num_queries(20):
        as_athlete.get("/bucket/")

"""/bucket/things/: make Things and Properties at Bucket and delete them, each once, and never another person's."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection
from strava_live.http.retry import Retry
from strava_live.web import bucket_cards
from tests.bucket.connected import connected_to, username_of
from tests.web.my_bucket import NINE, property_there
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.once


def things_of(bucket: BucketStandIn, connection: BucketConnection) -> list[dict[str, Any]]:
    return bucket.things(username_of(connection))


def test_thing_is_made_with_its_description(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    answer = as_athlete.post("/bucket/things/", {"name": "My bike", "description": "The blue one"})

    (thing,) = things_of(bucket, my_bucket)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/bucket/#{thing['id']}")
    assert "Made “My bike”" in messages_in(answer)
    assert (thing["name"], thing["description"]) == ("My bike", "The blue one")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Name: Give it a name."),
        ({"name": "x" * 256}, "at most 255 characters"),
        ({"name": "Bike", "description": "x" * 2001}, "at most 2000 characters"),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_thing_with_a_wrong_field_is_not_made(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, fields: dict[str, str], words: str
) -> None:
    answer = as_athlete.post("/bucket/things/", fields)

    assert answer.status_code == 422
    assert words in said(answer)
    assert things_of(bucket, my_bucket) == []


def test_form_that_is_sent_twice_makes_one_thing(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    form = {"name": "Bike", "idempotency_key": "one-key"}

    first, second = as_athlete.post("/bucket/things/", form), as_athlete.post("/bucket/things/", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(things_of(bucket, my_bucket)) == 1


def test_thing_that_bucket_cannot_make_keeps_what_was_typed(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    form = {"name": "Bike", "description": "Blue", "idempotency_key": "one-key"}
    fault = bucket.fault("server_error", "create_thing")

    answer = as_athlete.post("/bucket/things/", form)

    assert answer.status_code == 503
    page = said(answer)
    assert "Bucket isn't answering right now. Try again later." in page
    assert 'value="Bike"' in page
    assert 'value="Blue"' in page
    assert 'value="one-key"' in page
    bucket.clear_fault(fault)
    assert as_athlete.post("/bucket/things/", form).status_code == 302
    assert len(things_of(bucket, my_bucket)) == 1


def test_thing_whose_answer_was_lost_is_not_made_twice(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(first_s=0.01)
    bucket.fault("lose", "create_thing", calls=1)

    assert as_athlete.post("/bucket/things/", {"name": "Bike"}).status_code == 302

    assert len(things_of(bucket, my_bucket)) == 1


@pytest.mark.parametrize("type_id", ["COUNT", "TEXT", "LOCATION", "ACCELEROMETER"])
def test_property_is_made_with_the_chosen_type(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, type_id: str
) -> None:
    thing_id = bucket.add_thing(username_of(my_bucket), "Watch")

    answer = as_athlete.post(f"/bucket/things/{thing_id}/properties/", {"name": "Steps", "type": type_id})

    ((made,),) = (thing["properties"] for thing in things_of(bucket, my_bucket))
    assert answer.headers["Location"] == f"/bucket/things/{thing_id}/properties/{made['id']}/"
    page = said(as_athlete.get(answer.headers["Location"]))
    assert "<h1>Steps</h1>" in page
    assert bucket.things(username_of(my_bucket))[0]["properties"][0]["name"] == "Steps"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "type": "COUNT"}, "Name: Give it a name."),
        ({"name": "Steps"}, "Type: Choose a type."),
        ({"name": "Steps", "type": "STEPS"}, "Type: Choose a type from the list."),
    ],
)
def test_property_with_a_wrong_field_is_not_made(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, fields: dict[str, str], words: str
) -> None:
    thing_id = bucket.add_thing(username_of(my_bucket), "Watch")
    bucket.add_thing(username_of(my_bucket), "Another")

    answer = as_athlete.post(f"/bucket/things/{thing_id}/properties/", fields)

    page = said(answer)
    assert answer.status_code == 422
    assert page.count(words) == 1
    assert page.index(">Watch<") < page.index(words)
    assert [thing["properties"] for thing in things_of(bucket, my_bucket)] == [[], []]


def test_property_that_bucket_cannot_make_keeps_what_was_typed(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    thing_id = bucket.add_thing(username_of(my_bucket), "Watch")
    bucket.fault("server_error", "api")

    answer = as_athlete.post(f"/bucket/things/{thing_id}/properties/", {"name": "Steps", "type": "COUNT"})

    assert answer.status_code == 503
    assert 'value="Steps"' in said(answer)
    assert '<option value="COUNT" selected>' in said(answer)


def test_thing_and_property_are_deleted_after_a_question(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, my_bucket)
    bucket.write_rows(there.id, [[NINE, 1]])
    property_page, thing_page = f"{there.page}remove/", f"/bucket/things/{there.thing_id}/remove/"

    for page, name in ((property_page, "Steps"), (thing_page, "My watch")):
        assert f"Delete “{name}” in your Bucket?" in said(as_athlete.get(page))
        assert as_athlete.post(page).status_code == 200  # without the confirmation it asks again
    assert len(things_of(bucket, my_bucket)[0]["properties"]) == 1

    assert as_athlete.post(property_page, {"confirm": "yes"}).headers["Location"] == "/bucket/"
    assert things_of(bucket, my_bucket)[0]["properties"] == []
    assert as_athlete.post(thing_page, {"confirm": "yes"}).headers["Location"] == "/bucket/"
    assert things_of(bucket, my_bucket) == []
    assert bucket.orphans() == {}


def test_deletion_that_bucket_does_not_answer_is_said(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, settings: Settings
) -> None:
    settings.BUCKET_RETRY = Retry(attempts=1)
    there = property_there(bucket, my_bucket)
    bucket.fault("server_error", "delete_property")

    answer = as_athlete.post(f"{there.page}remove/", {"confirm": "yes"})

    assert "Bucket isn't answering right now." in messages_in(answer)
    assert len(things_of(bucket, my_bucket)[0]["properties"]) == 1


def test_things_of_other_people_do_not_exist(
    as_athlete: Client, clubmate: User, my_bucket: BucketConnection, bucket: BucketStandIn
) -> None:
    there = property_there(bucket, connected_to(bucket, clubmate))
    bucket.write_rows(there.id, [[NINE, 1]])

    for page in (there.page, there.csv, f"{there.page}remove/", f"/bucket/things/{there.thing_id}/remove/"):
        assert as_athlete.get(page).status_code == 404
        assert as_athlete.get(page.replace(there.thing_id, "dcd:things:0")).status_code == 404
    assert as_athlete.post(f"{there.page}remove/", {"confirm": "yes"}).status_code == 404
    assert as_athlete.post(f"/bucket/things/{there.thing_id}/remove/", {"confirm": "yes"}).status_code == 404
    form = {"name": "Steps", "type": "COUNT"}
    assert as_athlete.post(f"/bucket/things/{there.thing_id}/properties/", form).status_code == 404
    assert there.write(as_athlete, f"{NINE},2").status_code == 404
    assert there.rows == [[NINE, 1]]
    assert len(bucket.things()) == 1


@pytest.mark.parametrize("thing_id", ["..", "%2e%2e", "a b", "é", "x" * 300, "dcd:things:"])
def test_ids_that_bucket_cannot_have(as_athlete: Client, my_bucket: BucketConnection, thing_id: str) -> None:
    for path in ("properties/dcd:properties:1/", "properties/dcd:properties:1.csv", "remove/"):
        assert as_athlete.get(f"/bucket/things/{thing_id}/{path}").status_code == 404


def test_person_without_a_connection_has_no_things(
    as_athlete: Client, clubmate: User, bucket: BucketStandIn, settings: Settings, transactional_db: None
) -> None:
    there = property_there(bucket, connected_to(bucket, clubmate))

    assert as_athlete.get(there.page).status_code == 404
    assert there.write(as_athlete, f"{NINE},2").status_code == 404


def test_thing_whose_id_bucket_cannot_have_is_not_there(as_athlete: Client, my_bucket: BucketConnection) -> None:
    assert as_athlete.post("/bucket/things/%25d/properties/", {"name": ""}).status_code == 404


def test_page_shows_at_most_a_hundred_things(
    as_athlete: Client, my_bucket: BucketConnection, bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bucket_cards.THINGS_SHOWN == 100
    monkeypatch.setattr(bucket_cards, "THINGS_SHOWN", 3)
    ids = [bucket.add_thing(username_of(my_bucket), f"Thing {number}") for number in range(6)]
    BucketConnection.objects.update(thing_id=ids[0])

    page = said(as_athlete.post(f"/bucket/things/{ids[1]}/properties/", {"name": ""}))

    assert page.count('class="card bucket-thing"') == 3
    assert page.index(f'id="{ids[0]}"') < page.index(f'id="{ids[1]}"')
    assert "Name: Give it a name." in page
    assert "Showing 3 of your 6 Things, the newest first." in page
    assert 'My Things <span class="soft figure">6</span>' in page

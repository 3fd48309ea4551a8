"""Things and properties against the stand-in: found by name, made once, described, deleted with their rows."""

import asyncio
import json

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketDown,
    BucketNotAllowed,
    BucketRequestRefused,
    BucketTypeUnknown,
)
from strava_live.bucket_client.shapes import BucketRow, Thing
from tests.bucket_client.clients import FixedToken, Tokens, calls_counted, client_at
from tests.http.servers import answering, response

LOST = [
    {"kind": "lose"},
    {"kind": "html", "status": 502},
    {"kind": "truncate", "bytes": 20},
    {"kind": "server_error", "status": 500},
    {"kind": "drop"},
]


async def make(client: BucketClient, tokens: Tokens, name: str = "Running") -> Thing:
    return await client.make_thing(tokens, name=name, type="Strava")


async def test_thing_is_made_with_its_description_although_bucket_drops_it(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    with calls_counted(bucket, "change_thing") as changes:
        made = await client.make_thing(tokens, name="Running", type="Strava", description="My runs")
    assert (made.name, made.type, made.description, changes) == ("Running", "Strava", "My runs", [1])
    (stored,) = bucket.things(username)
    assert (stored["id"], stored["description"]) == (made.id, "My runs")
    assert await client.get_thing(tokens, made.id) == made


async def test_description_that_bucket_keeps_is_not_sent_again(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    bucket.settings(drop_description=False)
    with calls_counted(bucket, "change_thing") as changes:
        made = await client.make_thing(tokens, name="Running", type="Strava", description="My runs")
        await client.make_thing(tokens, name="Cycling", type="Strava")
    assert (made.description, changes) == ("My runs", [0])


async def test_thing_is_made_also_if_its_description_cannot_be_stored(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    bucket.fault("server_error", "change_thing")
    made = await client.make_thing(tokens, name="Running", type="Strava", description="My runs")
    assert made.description == ""
    assert [one["id"] for one in bucket.things(username)] == [made.id]


@pytest.mark.parametrize("fault", LOST)
async def test_thing_is_made_once_if_the_answer_is_lost(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str, fault: dict[str, object]
) -> None:
    earlier = await client.make_thing(tokens, name="Running", type="Strava")
    bucket.fault(endpoint="create_thing", calls=1, **fault)  # type: ignore[arg-type]
    made = await client.make_thing(tokens, name="Running", type="Strava", description="My runs")
    assert {one["id"] for one in bucket.things(username)} == {earlier.id, made.id}
    assert made.description == "My runs"


@pytest.mark.parametrize("fault", LOST)
async def test_property_is_made_once_if_the_answer_is_lost(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str, fault: dict[str, object]
) -> None:
    thing = await make(client, tokens)
    bucket.fault(endpoint="create_property", calls=1, **fault)  # type: ignore[arg-type]
    made = await client.find_or_make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT")
    assert await client.find_or_make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT") == made
    assert [one["id"] for one in bucket.things(username)[0]["properties"]] == [made.id]


async def test_nothing_is_made_again_while_bucket_cannot_say_whether_it_was_made(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    bucket.fault("lose", "create_thing")
    bucket.fault("server_error", "list_things", skip=1)
    with pytest.raises(BucketDown):
        await make(client, tokens)
    assert len(bucket.things(username)) == 1


async def test_property_has_the_type_that_was_asked_for(
    client: BucketClient, tokens: Tokens, bucket: BucketStandIn
) -> None:
    thing = await make(client, tokens)
    made = await client.make_property(tokens, thing.id, name="Start", type_id="LOCATION", description="Where")
    assert (made.name, made.description, made.type.id, made.thing_id) == ("Start", "Where", "LOCATION", thing.id)
    assert [one.name for one in made.type.dimensions or ()] == ["Longitude", "Latitude"]
    assert await client.list_properties(tokens, thing.id) == [made]
    (listed,) = await client.list_things(tokens)
    assert (listed.properties[0].id, listed.properties[0].type.dimensions) == (made.id, None)


async def test_property_is_found_by_name_and_type(client: BucketClient, tokens: Tokens) -> None:
    thing = await make(client, tokens)
    made = await client.make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT")
    assert await client.find_or_make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT") == made
    other = await client.find_or_make_property(tokens, thing.id, name="Distance (m)", type_id="SPEED")
    assert other.id != made.id


async def test_unknown_type_is_refused_and_nothing_is_made(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    thing = await make(client, tokens)
    with calls_counted(bucket, "create_property") as calls, pytest.raises(BucketTypeUnknown):
        await client.make_property(tokens, thing.id, name="Steps", type_id="STEPS")
    assert (calls, bucket.things(username)[0]["properties"]) == ([1], [])


async def test_missing_fields_are_refused(client: BucketClient, tokens: Tokens) -> None:
    with pytest.raises(BucketRequestRefused, match="Add field type"):
        await client.make_thing(tokens, name="Running", type="")
    thing = await make(client, tokens)
    with pytest.raises(BucketRequestRefused, match="Add field typeId"):
        await client.make_property(tokens, thing.id, name="Steps", type_id="")


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b", "a\ud800b"])
async def test_name_by_which_nothing_could_be_found_again_is_refused(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str, name: str
) -> None:
    with pytest.raises(BucketRequestRefused):
        await make(client, tokens, name)
    thing = await make(client, tokens)
    with pytest.raises(BucketRequestRefused):
        await client.find_or_make_property(tokens, thing.id, name=name, type_id="COUNT")
    assert [(one["name"], one["properties"]) for one in bucket.things(username)] == [("Running", [])]


async def test_longest_name_and_strange_letters_are_found_again(client: BucketClient, tokens: Tokens) -> None:
    thing = await make(client, tokens)
    for name in ("x" * 255, "Löpning 🏃", " spaces ", "雨"):
        made = await client.find_or_make_property(tokens, thing.id, name=name, type_id="COUNT")
        assert await client.find_or_make_property(tokens, thing.id, name=name, type_id="COUNT") == made


async def test_property_of_another_type_than_asked_for_is_not_accepted() -> None:
    """Bucket makes an ACCELEROMETER if it does not understand typeId."""

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        made = {"id": "dcd:properties:1", "name": "Distance", "type": {"id": "ACCELEROMETER"}}
        body = [] if b"GET " in head else made
        writer.write(response(json.dumps(body).encode(), headers="Connection: close\r\n"))
        writer.close()

    async with answering(answer) as url:
        with pytest.raises(BucketAnswerNotUnderstood, match="ACCELEROMETER instead of COUNT"):
            await client_at(url).make_property(FixedToken(), "dcd:things:1", name="Distance", type_id="COUNT")


async def test_what_is_not_there_and_what_is_another_persons_are_not_allowed(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    theirs = bucket.add_thing(bucket.add_person("Somebody Else"), "Theirs")
    for thing_id in (theirs, "dcd:things:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"):
        for call in (
            client.get_thing(tokens, thing_id),
            client.delete_thing(tokens, thing_id),
            client.list_properties(tokens, thing_id),
            client.make_property(tokens, thing_id, name="Steps", type_id="COUNT"),
            client.get_property(tokens, thing_id, "dcd:properties:1"),
        ):
            with pytest.raises(BucketNotAllowed):
                await call
    assert len(bucket.things()) == 1


@pytest.mark.parametrize("strange", ["", "..", "../things", "a/b", "a?b", "a#b", "a b"])
async def test_id_that_would_change_the_address_is_never_sent(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, strange: str
) -> None:
    statuses = bucket.stats()["statuses"]
    for call in (client.delete_thing(tokens, strange), client.get_property(tokens, "dcd:things:1", strange)):
        with pytest.raises(BucketNotAllowed):
            await call
    assert bucket.stats()["statuses"] == statuses


async def test_deleting_a_thing_deletes_its_rows(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    thing = await make(client, tokens)
    made = await client.make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT")
    await client.put_values(tokens, made, [BucketRow(1, (5,))])
    orphans = bucket.orphans()
    await client.delete_thing(tokens, thing.id)
    assert (bucket.things(username), bucket.orphans()) == ([], orphans)
    with pytest.raises(BucketNotAllowed):
        await client.delete_thing(tokens, thing.id)


async def test_deleting_a_thing_goes_on_if_one_of_its_properties_is_gone_already(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str
) -> None:
    thing = await make(client, tokens)
    for name in ("Distance (m)", "Time (s)"):
        await client.make_property(tokens, thing.id, name=name, type_id="COUNT")
    bucket.fault("not_allowed", "delete_property", calls=1)
    await client.delete_thing(tokens, thing.id)
    assert bucket.things(username) == []


@pytest.mark.parametrize("endpoint", ["delete_thing", "delete_property"])
async def test_deleting_succeeds_if_the_answer_is_lost(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, username: str, endpoint: str
) -> None:
    thing = await make(client, tokens)
    await client.make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT")
    bucket.fault("lose", endpoint, calls=1)
    await client.delete_thing(tokens, thing.id)
    assert bucket.things(username) == []


async def test_deleting_a_property_that_is_not_there(client: BucketClient, tokens: Tokens) -> None:
    thing = await make(client, tokens)
    made = await client.make_property(tokens, thing.id, name="Distance (m)", type_id="COUNT")
    await client.delete_property(tokens, thing.id, made.id)
    with pytest.raises(BucketNotAllowed):
        await client.delete_property(tokens, thing.id, made.id)


async def test_things_in_an_answer_of_another_shape_are_not_understood(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    await make(client, tokens)
    bucket.fault("html", "list_things", status=200)
    with pytest.raises(BucketAnswerNotUnderstood):
        await client.list_things(tokens)

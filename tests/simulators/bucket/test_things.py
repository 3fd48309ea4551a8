"""Things, Properties and types, who may reach them, and the conventions of all answers."""

from typing import Any

import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.bucket.client import Api, Client, hint

NOT_ALLOWED = (403, "Request was not allowed")
NOT_ACTIVE = (403, "The bearer token is not active")


def test_new_thing_loses_its_description_until_it_is_changed(api: Api, bucket: BucketStandIn) -> None:
    thing = api.make_thing(description="All my runs")
    assert api.call("GET", f"/things/{thing}").json()["description"] == ""
    assert api.call("PATCH", f"/things/{thing}", {"description": "All my runs"}).status_code == 204
    changed = api.call("GET", f"/things/{thing}").json()
    assert (changed["name"], changed["description"]) == ("My runs", "All my runs")
    bucket.settings(drop_description=False)
    kept = api.call("POST", "/things", {"name": "a", "type": "b", "description": "c"}).json()
    assert kept["description"] == "c"


@pytest.mark.parametrize(
    ("body", "missing"), [({"name": "a"}, "type"), ({"name": "", "type": "b"}, "name"), ({}, "name")]
)
def test_thing_needs_a_name_and_a_type(api: Api, body: dict[str, str], missing: str) -> None:
    assert hint(api.call("POST", "/things", body)) == (400, f"Add field {missing}.")
    answer = api.call("POST", "/things", {"name": "a", "type": "b"} | {missing: None})
    assert (answer.status_code, answer.json()["name"]) == (500, "QueryFailedError")


def test_list_is_a_bare_array_whose_types_have_no_dimensions(api: Api) -> None:
    path = api.make_property("LOCATION")
    [thing] = api.call("GET", "/things").json()
    assert thing["personId"] == f"dcd:persons:{api.username}"
    assert [set(one["type"]) for one in thing["properties"]] == [{"id", "name", "description", "icon"}]
    of_one = api.call("GET", f"/things/{thing['id']}").json()
    assert [len(one["type"]["dimensions"]) for one in of_one["properties"]] == [2]
    [listed] = api.call("GET", path.rpartition("/")[0]).json()
    assert [one["id"] for one in listed["type"]["dimensions"]] == ["longitude", "latitude"], "not reversed"
    assert listed["thing"]["id"] == thing["id"]


def test_things_are_listed_with_counts(api: Api) -> None:
    path = api.make_property("COUNT")
    api.write(path, [1000, 1], [2000, 1])
    [thing] = api.call("GET", "/things/count", params={"from": "0"}).json()
    assert [one["values"] for one in thing["properties"]] == [[[0, 2]]]


def test_property_has_the_type_of_its_type_id_alone(api: Api) -> None:
    thing = api.make_thing()

    def made(**body: Any) -> tuple[str, str]:
        answer = api.call("POST", f"/things/{thing}/properties", body)
        assert answer.status_code == 201
        return answer.json()["type"]["id"], answer.json()["name"]

    assert made(typeId="COUNT", type="TEXT", name="Distance (m)") == ("COUNT", "Distance (m)")
    assert made(typeId="COUNT") == ("COUNT", "Count")
    assert made(typeId=None, type="COUNT") == ("ACCELEROMETER", "Accelerometer")
    for body in ({"type": "COUNT"}, {"typeId": ""}):
        assert hint(api.call("POST", f"/things/{thing}/properties", body)) == (400, "Add field typeId.")


def test_unknown_type_is_a_500(api: Api) -> None:
    answer = api.call("POST", f"/things/{api.make_thing()}/properties", {"typeId": "STEPS"})
    assert (answer.status_code, answer.json()["name"]) == (500, "EntityNotFound")
    assert answer.json()["message"].startswith('Could not find any entity of type "PropertyType" matching')


def test_property_is_changed_and_deleted_with_its_values(api: Api, bucket: BucketStandIn) -> None:
    path = api.make_property("COUNT")
    api.write(path, [1000, 1])
    assert api.call("PATCH", path, {"name": "Steps"}).status_code == 204
    assert api.call("GET", path).json()["name"] == "Steps"
    assert api.call("DELETE", path).status_code == 204
    assert hint(api.call("GET", path)) == NOT_ALLOWED
    assert bucket.orphans() == {}


def test_deleted_thing_leaves_its_values_behind(api: Api, bucket: BucketStandIn) -> None:
    path = api.make_property("COUNT")
    api.write(path, [1000, 1])
    thing, _, property_id = path.removeprefix("/things/").partition("/properties/")
    answer = api.call("DELETE", f"/things/{thing}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.call("GET", "/things").json() == []
    assert bucket.orphans() == {property_id: 1}
    assert hint(api.call("DELETE", f"/things/{thing}")) == NOT_ALLOWED


def test_things_of_another_person_and_those_that_do_not_exist_are_not_allowed(api: Api, client: Client) -> None:
    other = client.bucket.add_thing("priya-raman", "Hers")
    foreign = f"/things/{other}/properties/{client.bucket.add_property(other, 'COUNT')}"
    own = api.make_property("COUNT")
    mixed = f"/things/{api.make_thing()}/properties/{own.rpartition('/')[2]}"
    for method, path in [
        ("GET", f"/things/{other}"),
        ("DELETE", f"/things/{other}"),
        ("GET", foreign),
        ("PUT", foreign),
        ("GET", mixed),
        ("GET", f"{own}x"),
        ("GET", "/things/dcd:things:none/properties"),
    ]:
        body = {"values": [[1000, 1]]} if method == "PUT" else None
        assert hint(api.call(method, path, body)) == NOT_ALLOWED
    assert client.bucket.rows(foreign.rpartition("/")[2]) == []


def test_every_invalid_token_is_a_403(api: Api, client: Client) -> None:
    url, tokens = f"{client.bucket.api_url}/things", client.bucket.grant(api.username)

    def refused(**headers: str) -> tuple[int, str]:
        return hint(client.http.get(url, headers=headers))

    body = client.http.get(url).json()
    assert body == {
        "status": 403,
        "message": "Access denied - Authentication information missing, malformed or invalid",
        "name": "DCD Hub Error",
        "hint": "Add 'Authorization' header.",
        "requirements": "You must provide a valid bearer token.",
    }
    wrong_prefix = (403, "Add 'bearer ' in front of your 'Authorization' token.")
    assert refused(Authorization=f"Token {tokens['access_token']}") == wrong_prefix
    assert refused(Authorization="Bearer unknown.token") == NOT_ACTIVE
    not_access = (403, "The bearer token is not an access token")
    assert refused(Authorization=f"Bearer {tokens['refresh_token']}") == not_access
    assert client.http.get(url, headers={"Authorization": f"bearer {tokens['access_token']}"}).status_code == 200
    assert client.http.get(url, params={"authorization": tokens["access_token"]}).status_code == 200
    client.bucket.expire_tokens(api.username)
    assert refused(Authorization=f"Bearer {tokens['access_token']}") == NOT_ACTIVE


def test_token_of_three_parts_is_taken_for_that_of_a_thing(api: Api) -> None:
    thing = api.make_thing()
    api.token = "a.b.c"
    assert hint(api.call("GET", f"/things/{thing}")) == NOT_ACTIVE


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        ("openid dcd:things", [True, True, False, False, False]),
        ("openid dcd:properties", [False, False, True, True, False]),
        ("openid dcd:types", [False, False, False, False, True]),
    ],
)
def test_missing_scope_answers_as_an_inactive_token(api: Api, granted: str, allowed: list[bool]) -> None:
    path = api.make_property("COUNT")
    listed = path.rpartition("/")[0]
    api.token = api.client.bucket.grant(api.username, granted)["access_token"]
    calls = [
        api.call("GET", "/things"),
        api.call("POST", listed, {"typeId": "COUNT"}),
        api.call("GET", listed),
        api.write(path, [1000, 1]),
        api.call("GET", "/types"),
    ]
    assert [answer.is_success for answer in calls] == allowed
    assert {hint(answer) for answer in calls if not answer.is_success} == {NOT_ACTIVE}


def test_types_are_the_thirty_of_bucket_and_those_that_are_saved(api: Api) -> None:
    api.token = api.client.bucket.grant(api.username, "openid dcd:types dcd:things")["access_token"]
    stock = {one["id"]: one for one in api.call("GET", "/types").json()}
    assert len(stock) == 30
    assert {"STEPS", "GPS", "DISTANCE", "DURATION"}.isdisjoint(stock)
    assert min(stock) == "ACCELEROMETER"
    own = {"id": "AN_OWN_TYPE", "name": "Own", "dimensions": [{"id": "own", "name": "Own", "type": "number"}]}
    assert api.call("POST", "/types", own).status_code == 200
    assert api.call("POST", f"/things/{api.make_thing()}/properties", {"typeId": "AN_OWN_TYPE"}).status_code == 201
    assert api.call("DELETE", "/types/AN_OWN_TYPE").status_code == 500, "a Property uses it"
    assert api.call("POST", "/types", own | {"id": "123"}).status_code == 400
    assert api.call("POST", "/types", own | {"id": "UNUSED"}).status_code == 200
    assert api.call("DELETE", "/types/UNUSED").status_code == 204
    assert api.call("DELETE", "/types/UNUSED").status_code == 404
    assert hint(api.call("GET", "/types/COUNT")) == (404, "This URL does not match any Bucket API.")


def test_health_needs_no_token_and_a_slash_at_the_end_is_allowed(client: Client, api: Api) -> None:
    for path in ("", "/", "/things/health"):
        answer = client.http.get(f"{client.bucket.api_url}{path}")
        assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    assert api.call("GET", "/things/").status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


def test_rate_limit_is_in_headers_and_refuses_with_a_text(api: Api, bucket: BucketStandIn) -> None:
    bucket.limit(requests=2, window_s=60)
    answers = [api.call("GET", "/things") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-limit"] == "2"
    assert 0 < int(answers[2].headers["ratelimit-reset"]) <= 60
    assert answers[2].text.startswith("Too many requests")
    bucket.limit(requests=2, window_s=60)
    assert api.call("GET", "/things").status_code == 200

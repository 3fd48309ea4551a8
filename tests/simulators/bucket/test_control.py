"""The control calls, the control page, and what stays over a restart."""

from pathlib import Path

import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.bucket.client import Api, Client


def test_stored_things_and_rows_can_be_read_back(api: Api, bucket: BucketStandIn) -> None:
    thing = api.make_thing()
    api.write(api.make_property("COUNT", thing, name="Distance (m)"), [2000, 5], [1000, 4])
    api.make_property("TEXT", thing, name="Title")
    [stored] = bucket.things(api.username)
    assert [(one["name"], one["type_id"], one["rows"]) for one in stored["properties"]] == [
        ("Distance (m)", "COUNT", 2),
        ("Title", "TEXT", 0),
    ]
    assert bucket.rows_by_name(api.username) == {"Distance (m)": [[1000, 4], [2000, 5]], "Title": []}


def test_calls_are_counted_by_endpoint(api: Api, bucket: BucketStandIn) -> None:
    before = bucket.stats()
    api.call("GET", "/things")
    api.call("GET", "/things/nothing")
    after = bucket.stats()
    for counts, name in (("calls", "list_things"), ("statuses", "list_things 200"), ("statuses", "read_thing 403")):
        assert after[counts][name] - before[counts].get(name, 0) == 1
    assert api.username in after["connected"]


def test_people_change_what_is_stored_behind_the_back_of_a_client(api: Api, bucket: BucketStandIn) -> None:
    thing = bucket.add_thing(api.username, "By hand", type="Diary", description="Mine")
    kept, gone = (bucket.add_property(thing, "LOCATION", name=name) for name in ("Kept", "Gone"))
    bucket.write_rows(kept, [[1000, 4.35, 52.01]])
    bucket.delete_property(gone)
    [found] = api.call("GET", "/things").json()
    assert (found["name"], found["description"]) == ("By hand", "Mine")
    assert [one["name"] for one in found["properties"]] == ["Kept"]
    assert bucket.rows(kept) == [[1000, 4.35, 52.01]]
    bucket.delete_thing(thing)
    assert api.call("GET", "/things").json() == []


def test_reset_restores_settings_and_keeps_what_is_stored(api: Api, bucket: BucketStandIn) -> None:
    api.make_thing()
    bucket.settings(dimensions="plain", token_life_s=5)
    bucket.fault("drop", "api")
    bucket.limit(requests=1)
    bucket.reset()
    assert len(api.call("GET", "/things").json()) == 1
    settings = bucket.settings()
    assert (settings["dimensions"], settings["token_life_s"]) == ("reversed", 8_640_000)
    assert bucket.stats()["limit"]["requests"] == 1000
    bucket.clear()
    assert api.call("GET", "/things").json() == []


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("grant", '{"username": "nobody-of-this-name"}', 404),
        ("grant", '{"username": "priya-raman", "scope": "everything"}', 400),
        ("grant", '{"username": "priya-raman", "client_id": "clients:unknown"}', 400),
        ("settings", '{"dimensions": "sideways"}', 400),
        ("settings", '{"colour": "red"}', 400),
        ("things", '{"username": "priya-raman"}', 400),
        ("things/delete", '{"thing_id": "dcd:things:none"}', 404),
        ("properties", '{"type_id": "STEPS"}', 404),
        ("rows", '{"property_id": "dcd:properties:none"}', 404),
        ("batch", '{"calls": [["nothing", {}]]}', 400),
        ("faults", '{"kind": "drop", "username": "nobody-of-this-name"}', 404),
        ("people", "no json", 400),
    ],
)
def test_invalid_control_calls_are_refused(
    client: Client, bucket: BucketStandIn, call: str, body: str, status: int
) -> None:
    answer = client.http.post(f"{bucket.url}/_control/{call}", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_page_shows_what_is_stored_and_its_forms_work(api: Api, client: Client, bucket: BucketStandIn) -> None:
    path = api.make_property("TEXT", api.make_thing(name="<b>Runs"), name="Title")
    api.write(path, [1_700_000_000_000, "Bushy & back"])
    front = client.http.get(bucket.url, follow_redirects=True)
    assert front.url.path == "/_control/"
    assert "A stand-in, not Bucket." in front.text
    assert "&lt;b&gt;Runs" in front.text
    assert "14 Nov 2023 22:13:20 UTC: Bushy &amp; back" in front.text
    forms: dict[str, dict[str, str]] = {
        "settings": {"dimensions": "plain", "drop_description": "false", "token_life_s": "60"},
        "limit": {"requests": "50", "window_s": "10"},
        "faults": {"kind": "latency", "endpoint": "list_things", "ms": "5", "calls": "", "status": ""},
        "properties/delete": {"property_id": path.rpartition("/")[2]},
        "revoke": {"username": api.username},
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for call, form in forms.items():
        answer = client.http.post(f"{bucket.url}/_control/{call}", data=form, headers=headers)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/_control/"), call
    after = client.http.get(f"{bucket.url}/_control/").text
    assert "latency · list_things" in after
    assert "of 50 in this window" in after
    assert bucket.grants(api.username) == []


def test_what_is_stored_stays_over_a_restart(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "folder" / "bucket.json"))
    with BucketStandIn(*state) as bucket:
        client = Client(bucket)
        username = bucket.add_person("Ada of the test")
        tokens = bucket.grant(username)
        api = Api(client, username, tokens["access_token"])
        path = api.make_property("LOCATION", name="Start")
        api.write(path, [1000, 4.35, 52.01])
        first = bucket.things(), bucket.rows_by_name(username), bucket.people()
        assert bucket.stop() == 0
    with BucketStandIn(*state) as bucket:
        assert (bucket.things(), bucket.rows_by_name(username), bucket.people()) == first
        client.bucket = bucket
        assert api.call("GET", path).status_code == 200
        assert client.refresh(tokens["refresh_token"]).status_code == 200
    client.http.close()

"""Values: which rows are stored, how they are read back, counted and deleted."""

import time

import pytest

from simulators.bucket_process import BucketStandIn
from tests.simulators.bucket.client import Api, hint


@pytest.fixture
def count(api: Api) -> str:
    """The path of a Property of the type COUNT."""
    return api.make_property("COUNT")


def test_write_is_answered_200_with_an_empty_body(api: Api, count: str) -> None:
    answer = api.write(count, [1000, 5])
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.call("PUT", count, {"other": 1}).status_code == 200
    assert api.read(count) == [[1000, 5]]


def test_rows_of_a_wrong_length_are_skipped_in_silence(api: Api) -> None:
    path = api.make_property("LOCATION")
    assert api.write(path, [1000, 1, 2], [2000], [3000, 1, 2, 3], [], ["x"]).status_code == 200
    assert [row[0] for row in api.read(path)] == [1000]


def test_row_without_a_timestamp_gets_the_time_of_the_server(api: Api, count: str) -> None:
    before = int(time.time() * 1000)
    api.write(count, [7])
    [[at, value]] = api.read(count)
    assert before <= at <= int(time.time() * 1000)
    assert value == 7


@pytest.mark.parametrize(
    ("type_id", "value", "dimension"),
    [
        ("COUNT", "5", "count"),
        ("COUNT", None, "count"),
        ("COUNT", True, "count"),
        ("TEXT", 5, "text"),
        ("BINARY", 1, "state"),
    ],
)
def test_one_value_of_a_wrong_type_refuses_the_whole_request(
    api: Api, bucket: BucketStandIn, type_id: str, value: object, dimension: str
) -> None:
    path, right = api.make_property(type_id), {"COUNT": 5, "TEXT": "five", "BINARY": True}[type_id]
    answer = api.write(path, [1000, right], [2000, value])
    assert hint(answer) == (404, f"Mismatch type of value for dimension {dimension}")
    assert api.read(path) == []


def test_same_timestamp_overwrites(api: Api, count: str) -> None:
    for _ in range(2):
        api.write(count, [2000, 1], ["1000", 1], [2000, 3])
    assert api.read(count) == [[1000, 1], [2000, 3]]


def test_unreadable_timestamp_is_a_500_and_stores_nothing(api: Api, count: str) -> None:
    assert api.write(count, [1000, 5], ["yesterday", 5]).status_code == 500
    assert api.read(count) == []


def test_read_includes_both_ends_and_is_in_the_order_of_time(api: Api, count: str) -> None:
    api.write(count, [3000, 3], [1000, 1], [2000, 2], [4000, 4])
    assert api.read(count, 1000, 3000) == [[1000, 1], [2000, 2], [3000, 3]]


@pytest.mark.parametrize("params", [{}, {"from": 0}, {"to": 9000}])
def test_read_without_from_and_to_has_no_values(api: Api, count: str, params: dict[str, int]) -> None:
    api.write(count, [1000, 5])
    answer = api.call("GET", count, params=params)
    assert answer.status_code == 200
    assert "values" not in answer.json()


def test_read_with_a_time_that_is_none_is_not_found(api: Api, count: str) -> None:
    answer = api.call("GET", count, params={"from": "yesterday", "to": 9})
    assert hint(answer) == (404, "Property not found in the thing.")


def test_values_of_two_dimensions_come_back_reversed(api: Api, bucket: BucketStandIn) -> None:
    path = api.make_property("LOCATION")
    api.write(path, [1000, 4.35, 52.01])
    answer = api.call("GET", path, params={"from": 0, "to": 9999}).json()
    assert [one["id"] for one in answer["type"]["dimensions"]] == ["latitude", "longitude"]
    assert answer["values"] == [[1000, 52.01, 4.35]]
    bucket.settings(dimensions="plain")
    api.write(path, [2000, 4.35, 52.01])
    answer = api.call("GET", path, params={"from": 2000, "to": 9999}).json()
    assert [one["id"] for one in answer["type"]["dimensions"]] == ["longitude", "latitude"]
    assert answer["values"] == [[2000, 4.35, 52.01]]


def test_csv_is_sent_if_only_csv_is_accepted(api: Api) -> None:
    path = api.make_property("TEXT")
    api.write(path, [1000, "Bushy, fast"], [2000, ""])
    params = {"from": 0, "to": 9999}
    answer = api.call("GET", path, params=params, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == "time,Text\n1000,Bushy, fast\n2000,\n"
    both = api.call("GET", path, params=params, headers={"Accept": "text/csv, application/json"})
    assert both.headers["content-type"].startswith("application/json")
    assert hint(api.call("GET", path, headers={"Accept": "text/csv"})) == (404, "Property not found in the thing.")


def test_values_of_intervals(api: Api, count: str) -> None:
    api.write(count, [1000, 1], [1500, 3], [4000, 8])
    asked = {"timeInterval": "1s", "fctInterval": "mean"}
    assert api.read(count, 1000, 4000, **asked) == [[1000, 2], [4000, 8]]
    filled = [[1000, 2], [2000, None], [3000, None], [4000, 8]]
    assert api.read(count, 1000, 4000, **asked, fill="null") == filled
    assert api.read(count, 1000, 4000, **asked, fill="previous")[1:3] == [[2000, 2], [3000, 2]]
    wrong = {"from": 0, "to": 9, "timeInterval": "1s"}
    assert api.call("GET", count, params=wrong).status_code == 404


def test_rows_are_counted_after_a_time_in_influxdbs_language(api: Api, count: str) -> None:
    now = int(time.time() * 1000)
    api.write(count, [1000, 1], [2000, 1], [now - 1000, 1])

    def counted(**params: str) -> object:
        return api.call("GET", f"{count}/count", params=params).json()

    assert counted(**{"from": "0"}) == [[0, 3]]
    assert counted(**{"from": "1000ms"}) == [[1000, 2]]
    assert counted(**{"from": "1500000000"}) == [[1500, 2]], "a plain number is nanoseconds"
    [[_, last_minute]] = api.call("GET", f"{count}/count", params={"from": "now()-1m"}).json()
    assert last_minute == 1
    by_hour = api.call("GET", f"{count}/count", params={"from": "now()-3h", "timeInterval": "1h"}).json()
    assert (len(by_hour), sum(row[1] for row in by_hour)) == (4, 1)
    assert api.call("GET", f"{count}/count").status_code == 500
    assert api.call("GET", f"{count}/count", params={"from": "2026"}).status_code == 200
    assert api.call("GET", f"{count}/count", params={"from": "yesterday"}).status_code == 500


def test_count_of_no_rows_is_an_empty_list(api: Api, count: str) -> None:
    assert api.call("GET", f"{count}/count?from=0").json() == []


def test_last_row_has_the_columns_of_influxdb(api: Api) -> None:
    thing = api.make_thing()
    path = api.make_property("LOCATION", thing)
    assert api.call("GET", f"{path}/last").status_code == 500
    api.write(path, [1000, 4.35, 52.01], [2000, 4.36, 52.02])
    assert api.call("GET", f"{path}/last").json() == [[2000, 4.36, 52.02, path.rpartition("/")[2], thing]]


def test_timestamps_are_deleted(api: Api, count: str) -> None:
    api.write(count, [1000, 1], [2000, 2], [3000, 3])
    answer = api.call("DELETE", f"{count}/timestamps", {"timestamps": [1000, 3000, 9]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.read(count) == [[2000, 2]]
    assert api.call("DELETE", f"{count}/timestamps", {}).status_code == 400


def test_body_of_more_than_100_kb_is_a_500(api: Api, count: str) -> None:
    answer = api.write(count, *([at, 12345] for at in range(10_000)))
    assert (answer.status_code, answer.json()["message"]) == (500, "request entity too large")
    assert "hint" not in answer.json()
    assert api.read(count) == []


def test_body_that_is_no_json_is_a_500(api: Api, count: str) -> None:
    answer = api.call("PUT", count, content=b'{"values":[[1,}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["name"]) == (500, "SyntaxError")
    assert answer.json()["message"] == "Unexpected token } in JSON at position 14"


def test_csv_file_is_stored_and_answered_201(api: Api) -> None:
    path = api.make_property("LOCATION")
    file = b"time,Latitude,Longitude\n1000,52.01,4.35\n2000,52.02\n3000,1,2,3\n"
    answer = api.call("PUT", f"{path}?hasLabel=true", files={"csv": ("rows.csv", file, "text/csv")})
    assert (answer.status_code, answer.content) == (201, b"")
    times = [row[0] for row in api.read(path)]
    assert times[0] == 1000
    assert len(times) == 2, "a row that has no timestamp gets one, and a longer one is skipped"
    assert api.call("PUT", path, files={"csv": ("rows.csv", b"1000,one,2\n")}).status_code == 500
    assert api.call("PUT", path, files={"other": ("rows.csv", b"1000,1,2\n")}).status_code == 500


def test_large_csv_file_has_no_limit(api: Api, count: str) -> None:
    file = "".join(f"{at},12345\n" for at in range(20_000)).encode()
    assert api.call("PUT", count, files={"csv": ("rows.csv", file)}).status_code == 201
    assert len(api.read(count)) == 20_000

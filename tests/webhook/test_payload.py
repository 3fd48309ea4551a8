"""Reading events: exactly what Strava sends is accepted."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from strava_live.webhook.models import StravaEvent
from strava_live.webhook.payload import MalformedEvent, ReceivedEvent, read_event
from tests.webhook.strava_events import ACTIVITY, OWNER, SUBSCRIPTION, event_body, event_fields

NOW = timezone.now()
DEAUTHORISATION = {
    "object_type": "athlete",
    "object_id": OWNER,
    "aspect_type": "update",
    "updates": {"authorized": "false"},
}


def read(**different: Any) -> ReceivedEvent:
    return read_event(event_body(**different), now=NOW)


def test_event_is_read() -> None:
    event = read(aspect_type="update", updates={"title": "Bushy – schön 🏃", "private": "true"}, event_time=1764170000)

    assert event == ReceivedEvent(
        about=StravaEvent.Subject.ACTIVITY,
        object_id=ACTIVITY,
        aspect=StravaEvent.Aspect.UPDATE,
        updates={"title": "Bushy – schön 🏃", "private": "true"},
        owner_id=OWNER,
        subscription_id=SUBSCRIPTION,
        event_time=datetime(2025, 11, 26, 15, 13, 20, tzinfo=UTC),
    )


def test_deauthorisation_is_read() -> None:
    event = read(**DEAUTHORISATION)

    assert (event.about, event.object_id, event.updates) == ("athlete", OWNER, {"authorized": "false"})


def test_event_may_have_no_updates_and_fields_that_are_new() -> None:
    fields = event_fields(region="eu")
    del fields["updates"]

    assert read_event(json.dumps(fields).encode(), now=NOW).updates == {}
    assert read(updates=None).updates == {}


def test_largest_ids_are_read() -> None:
    assert read(object_id=2**63 - 1).object_id == 2**63 - 1


def test_clock_of_this_machine_may_be_hours_slow() -> None:
    ahead = int((NOW + timedelta(hours=3)).timestamp())

    assert read(event_time=ahead).event_time.timestamp() == ahead


def test_event_of_the_day_after_tomorrow_is_refused() -> None:
    with pytest.raises(MalformedEvent):
        read(event_time=int((NOW + timedelta(days=2)).timestamp()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"activity"',
        b"{" + b'"a":' * 20_000,
        b"[" * 60_000,
        b"\xff\xfe\x00",
        b'{"object_id": ' + b"9" * 5000 + b"}",
        b"object_id=1&owner_id=2",
        event_body(event_time=1764170000)[:-1],
        b"x" + event_body(event_time=1764170000),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedEvent):
        read_event(body, now=NOW)


@pytest.mark.parametrize(
    "different",
    [
        {"object_type": "club"},
        {"object_type": ["activity"]},
        {"object_type": None},
        {"aspect_type": "view"},
        {"aspect_type": "CREATE"},
        {"aspect_type": {}},
        {"object_id": "16000000001"},
        {"object_id": 1.5},
        {"object_id": True},
        {"object_id": 0},
        {"object_id": -1},
        {"object_id": 2**63},
        {"object_id": None},
        {"owner_id": 2**64},
        {"owner_id": [OWNER]},
        {"subscription_id": "x"},
        {"subscription_id": float("nan")},
        {"event_time": "2026-11-27T09:00:00Z"},
        {"event_time": 0},
        {"event_time": -5},
        {"event_time": 10**18},
        {"event_time": 1764170000000},
        {"event_time": False},
        {"updates": []},
        {"updates": "title"},
        {"updates": {"title": 5}},
        {"updates": {"title": {"a": "b"}}},
        {"updates": {"title": "x" * 1001}},
        {"updates": {"x" * 51: "y"}},
        {"updates": {str(number): "x" for number in range(21)}},
        {"updates": {"title": "a\0b"}},
        {"updates": {"title": "\ud83c"}},
        {"updates": {"\udc00": "x"}},
        {**DEAUTHORISATION, "object_id": OWNER + 1},
    ],
    ids=repr,
)
def test_field_of_a_wrong_type_or_value_is_refused(different: dict[str, Any]) -> None:
    with pytest.raises(MalformedEvent):
        read(**different)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(name=st.sampled_from(sorted(event_fields())), value=JSON)
def test_any_value_is_read_or_refused(name: str, value: object) -> None:
    try:
        event = read(**{name: value})
    except MalformedEvent:
        return
    assert len(event.digest) == 64


def test_copies_have_the_same_digest_in_any_order_of_fields() -> None:
    fields = event_fields(updates={"title": "a", "type": "Run"})
    turned = dict(reversed(fields.items())) | {"updates": {"type": "Run", "title": "a"}}

    assert read_event(json.dumps(turned, indent=2).encode(), now=NOW).digest == read(**fields).digest


@pytest.mark.parametrize(
    "different",
    [
        {"object_id": ACTIVITY + 1},
        {"aspect_type": "delete"},
        {"event_time": 1764170001},
        {"updates": {"title": "b"}},
        {"owner_id": OWNER + 1},
    ],
    ids=repr,
)
def test_other_events_have_another_digest(different: dict[str, Any]) -> None:
    assert read(event_time=1764170000).digest != read(**{"event_time": 1764170000} | different).digest


def test_subscription_is_not_part_of_the_digest() -> None:
    assert read(subscription_id=1, event_time=1764170000).digest == read(event_time=1764170000).digest

"""The declared shapes: their examples, fields that a reader does not know, and the values that models store."""

import json
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from strava_live.activities.models import Activity
from strava_live.bucket.models import Sending
from strava_live.feed.models import Entry
from strava_live.notifications.models import Notification
from strava_live.protocol import (
    CLOSE_CODES,
    CLUB_COMMANDS,
    SYNC_COMMANDS,
    Close,
    EntryKind,
    ErrorBody,
    FeedMessage,
    ItemState,
    Message,
    ParkrunStatus,
    RunReason,
    RunState,
    SyncMessage,
    WaitReason,
    compact,
    examples,
    frame,
    parse_command,
)
from strava_live.protocol.bucket import BUCKET_COMMANDS, BucketMessage, SendingReason, SendingWaitReason
from strava_live.protocol.club_shapes import DATA_OF_KIND
from strava_live.protocol.messages import MESSAGES_COMMANDS, DirectMessagesMessage
from strava_live.protocol.notifications import NOTIFICATIONS_COMMANDS, NotificationKind, NotificationsMessage
from strava_live.sync.models import SyncRun
from tests.wire_shapes import SYNC, read_frame


def declared(messages: Any) -> set[type]:
    return set(get_args(get_args(messages)[0]))


@pytest.mark.parametrize(
    ("path", "sent", "messages"),
    [
        ("/ws/sync/", examples.SYNC_MESSAGES, SyncMessage),
        ("/ws/clubs/striders/", examples.FEED_MESSAGES, FeedMessage),
        ("/ws/bucket/", examples.BUCKET_MESSAGES, BucketMessage),
        ("/ws/messages/", examples.DIRECT_MESSAGES, DirectMessagesMessage),
        ("/ws/notifications/", examples.NOTIFICATIONS_MESSAGES, NotificationsMessage),
    ],
)
def test_every_message_has_a_valid_example(path: str, sent: list[Message], messages: Any) -> None:
    shown = [*examples.COMMON_MESSAGES, *sent]
    assert {type(message) for message in shown} == declared(messages)
    for message in shown:
        where = "/ws/screens/k/" if message.wire()["type"] == "figures.changed" else path
        assert read_frame(frame([message.wire()]), where) == [json.loads(compact(message.wire()))]


def test_every_kind_of_entry_has_a_valid_example() -> None:
    assert [entry["kind"] for entry in examples.ENTRIES] == list(DATA_OF_KIND)
    for entry in examples.ENTRIES:
        read_frame(compact({"type": "entry.added", "entry": entry}), "/ws/clubs/striders/")


def test_every_command_has_a_valid_example() -> None:
    commands = {**SYNC_COMMANDS, **CLUB_COMMANDS, **BUCKET_COMMANDS, **MESSAGES_COMMANDS, **NOTIFICATIONS_COMMANDS}
    assert [example["type"] for example in examples.CLIENT_MESSAGES] == ["ping", *commands]
    for example in examples.CLIENT_MESSAGES:
        command = parse_command(json.dumps(example), commands)
        sent = command.model_dump(mode="json", exclude_defaults=True) | {"type": example["type"]}
        assert sent == example


def test_fields_that_a_client_does_not_know_are_ignored() -> None:
    later = {"type": "sync.progress", "run": examples.RUN | {"later": 1}, "later": {"x": 1}}
    SYNC.validate_json(compact(later), strict=True)
    with pytest.raises(ValidationError):
        read_frame(compact(later), "/ws/sync/")


def test_fields_that_the_server_does_not_know_are_ignored() -> None:
    command = parse_command('{"type":"cheer","id":5,"later":{"x":1},"text":7}', CLUB_COMMANDS)
    assert command.model_dump() == {"type": "cheer", "id": 5, "ref": ""}


@pytest.mark.parametrize(
    ("literal", "stored"),
    [
        (RunState, SyncRun.RunState.values),
        (RunReason, SyncRun.Trigger.values),
        (WaitReason, SyncRun.Wait.values),
        (ItemState, Activity.State.values),
        (ParkrunStatus, [value for value in Activity.Verdict.values if value]),
        (EntryKind, Entry.Kind.values),
        (RunState, Sending.SendingState.values),
        (SendingReason, Sending.SendingReason.values),
        (SendingWaitReason, Sending.SendingWait.values),
        (NotificationKind, Notification.NoteKind.values),
    ],
)
def test_declared_values_are_those_that_models_store(literal: Any, stored: list[str]) -> None:
    assert list(get_args(literal)) == stored


def test_every_field_is_described() -> None:
    commands = [
        *SYNC_COMMANDS.values(),
        *CLUB_COMMANDS.values(),
        *BUCKET_COMMANDS.values(),
        *MESSAGES_COMMANDS.values(),
        *NOTIFICATIONS_COMMANDS.values(),
    ]
    models: list[Any] = [*commands, ErrorBody, *declared(SyncMessage), *declared(BucketMessage)]
    models += [*declared(DirectMessagesMessage), *declared(NotificationsMessage)]
    for model in [*models, *declared(FeedMessage)]:
        schema = TypeAdapter(model).json_schema()
        for shape in (schema, *schema.get("$defs", {}).values()):
            fields = shape.get("properties", {})
            assert all(name == "type" or "description" in field for name, field in fields.items()), shape


def test_every_close_code_is_explained() -> None:
    assert set(CLOSE_CODES) == {code for name, code in vars(Close).items() if name.isupper()}

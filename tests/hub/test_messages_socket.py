"""The /ws/messages/ sockets of two people in this process: each message arrives on every device, once and in order."""

import json
from collections.abc import Callable
from functools import partial

from pytest_django import Settings

from strava_live.database import on_database
from strava_live.messages.models import DirectMessage
from strava_live.messages.reading import mark_read
from strava_live.messages.sending import delete_message, send_message
from strava_live.protocol.messages import MOST_MESSAGES
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.hub.unreliable import UnreliableLayer
from tests.live.conversations import Conversations, Json
from tests.wire_shapes import read_frame


class MessagesClient:
    """A device of one person."""

    def __init__(self, cast: ClubCast, member: int) -> None:
        self.session, self.socket = cast.sessions[member], InProcessSocket("/ws/messages/")
        self.frames_read = 0
        self.known = Conversations()
        self.errors: list[Json] = []

    async def connect(self, query: str | None = None) -> "MessagesClient":
        path = f"/ws/messages/{self.known.query if query is None else query}"
        self.socket, self.frames_read = InProcessSocket(path, self.session).connect(), 0
        await self.until(lambda: self.frames_read)
        return self

    def send(self, **command: object) -> None:
        self.socket.send(json.dumps(command))

    async def until(self, condition: Callable[[], object]) -> None:
        def read() -> object:
            self.read()
            return condition()

        await eventually(read)

    def read(self) -> None:
        for text in self.socket.frames[self.frames_read :]:
            for message in read_frame(text, self.socket.path):
                if message["type"] == "hello":
                    self.known.begin(message, after=self.known.seq)
                elif message["type"] == "error":
                    self.errors.append(message)
                else:
                    self.known.apply(message)
            self.frames_read += 1

    @property
    def ids(self) -> list[int]:
        """The ids of the messages, in the order of their arrival."""
        return list(self.known.messages)

    @property
    def hello(self) -> Json:
        hello: Json = json.loads(self.socket.frames[0])
        return hello


async def clients(cast: ClubCast, *members: int) -> list[MessagesClient]:
    return [await MessagesClient(cast, member).connect() for member in members]


async def test_a_conversation_is_live_on_every_device(cast: ClubCast, settings: Settings) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    alva, alvas_phone, bruno = everyone = await clients(cast, 0, 0, 1)

    alva.send(type="message.send", to=cast.members[1], text="Lift?", ref="a1")
    alva.send(type="message.send", to=cast.members[1], text="Lift?", ref="a1")
    for client in everyone:
        await client.until(partial(has_messages, client))
    (sent,), (got,) = alva.known.messages.values(), bruno.known.messages.values()
    assert (sent["ref"], sent["mine"], sent["name"], alva.known.unread) == ("a1", True, "Bruno C.", 0)
    assert (got["text"], got["mine"], got["name"], "ref" in got) == ("Lift?", False, "Alva B.", False)
    assert bruno.known.unread == 1

    bruno.send(type="message.delivered", id=got["id"])
    await alvas_phone.until(lambda: alvas_phone.known.delivered == got["id"])
    bruno.send(type="message.read", id=got["id"])
    await alvas_phone.until(lambda: alvas_phone.known.read_by.get("them") == got["id"])
    await bruno.until(lambda: bruno.known.read_by.get("me") == got["id"])
    assert bruno.known.unread == 0

    alvas_phone.send(type="message.delete", id=got["id"])
    for client in everyone:
        await client.until(partial(is_deleted, client, got["id"]))
        assert (client.known.texts(), client.ids) == ([""], [got["id"]])


def has_messages(client: MessagesClient) -> bool:
    return bool(client.ids)


def is_deleted(client: MessagesClient, message_id: int) -> bool:
    return bool(client.known.messages[message_id]["deleted"])


async def test_what_happened_while_away_arrives_once(cast: ClubCast, settings: Settings) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    me, other = cast.members[1], cast.members[0]
    first = await on_database(send_message)(other, me, "To be deleted")
    mine = await on_database(send_message)(me, other, "Seen?")
    (bruno,) = await clients(cast, 1)
    bruno.socket.disconnect()
    sent = [await on_database(send_message)(other, me, f"{number}") for number in range(29)]
    await on_database(delete_message)(other, first.pk)
    await on_database(delete_message)(other, sent[3].pk)
    await on_database(mark_read)(other, mine.pk)

    await bruno.connect()

    assert bruno.ids == [first.pk, mine.pk, *(one.pk for one in sent if one != sent[3]), sent[3].pk]
    assert is_deleted(bruno, first.pk)
    assert is_deleted(bruno, sent[3].pk)
    assert (bruno.known.complete, bruno.known.unread, bruno.known.read_by["them"]) == (True, 28, mine.pk)

    await bruno.connect()  # nothing has happened since
    assert (bruno.hello["messages"], bruno.hello["reads"]) == ([], [])


async def test_an_id_alone_is_a_position(cast: ClubCast) -> None:
    sent = [await on_database(send_message)(cast.members[0], cast.members[1], f"{number}") for number in range(5)]
    bruno = await MessagesClient(cast, 1).connect(f"?after={sent[2].pk}")
    assert (bruno.ids, bruno.known.complete) == ([sent[3].pk, sent[4].pk], True)


async def test_a_position_that_the_person_never_had_brings_the_newest(cast: ClubCast) -> None:
    sent = await on_database(send_message)(cast.members[0], cast.members[1], "Hello")
    for query in (f"?after={sent.pk + 1}", "?after=x", "?after=-1"):
        bruno = await MessagesClient(cast, 1).connect(query)
        assert (bruno.known.complete, bruno.ids) == (False, [sent.pk])
    bruno = await MessagesClient(cast, 1).connect(f"?after={sent.pk}&mark=999")
    assert not bruno.known.complete


async def test_more_than_a_hello_holds_follows_at_once(cast: ClubCast, settings: Settings) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    (bruno,) = await clients(cast, 1)
    bruno.socket.disconnect()
    first = await on_database(send_message)(cast.members[0], cast.members[1], "0")
    between = [
        DirectMessage(
            conversation_id=first.conversation_id,
            sender_id=first.sender_id,
            recipient_id=first.recipient_id,
            text=f"{number}",
            at=first.at,
        )
        for number in range(2 * MOST_MESSAGES)
    ]
    await on_database(DirectMessage.objects.bulk_create)(between)
    last = await on_database(send_message)(cast.members[0], cast.members[1], "last")

    await bruno.connect()

    assert (len(bruno.hello["messages"]), bruno.known.complete) == (MOST_MESSAGES, False)
    await bruno.until(lambda: last.pk in bruno.ids)
    assert len(bruno.ids) == len(between) + 2


async def test_lost_announcements_are_made_up_for_from_the_table(
    cast: ClubCast, layer: UnreliableLayer, settings: Settings
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.01
    (bruno,) = await clients(cast, 1)
    layer.is_away = True
    sent = await on_database(send_message)(cast.members[0], cast.members[1], "Lost")
    await bruno.until(lambda: sent.pk in bruno.ids)
    await on_database(delete_message)(cast.members[0], sent.pk)
    await bruno.until(lambda: is_deleted(bruno, sent.pk))
    assert (bruno.known.unread, bruno.ids) == (0, [sent.pk])


async def test_an_announcement_after_a_lost_one_brings_both_in_order(
    cast: ClubCast, layer: UnreliableLayer, settings: Settings
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    (bruno,) = await clients(cast, 1)
    layer.is_away = True
    lost = await on_database(send_message)(cast.members[0], cast.members[1], "Lost")
    layer.is_away = False
    sent = await on_database(send_message)(cast.members[0], cast.members[1], "Sent")
    await bruno.until(lambda: sent.pk in bruno.ids)
    assert bruno.ids == [lost.pk, sent.pk]


async def test_refusals_change_nothing(cast: ClubCast) -> None:
    (alva,) = await clients(cast, 0)
    for ref, to, text in (
        ("myself", cast.members[0], "Hello"),
        ("unknown", 987_654, "Hello"),
        ("empty", cast.members[1], ""),
        ("long", cast.members[1], "x" * 2001),
        ("30 digits", 10**29, "Hello"),
    ):
        alva.send(type="message.send", to=to, text=text, ref=ref)
    await alva.until(lambda: len(alva.errors) == 5)
    assert {error["ref"]: error["code"] for error in alva.errors} == {
        "myself": "not_found",
        "unknown": "not_found",
        "empty": "bad_text",
        "long": "bad_text",
        "30 digits": "bad_message",
    }
    assert not await DirectMessage.objects.aexists()

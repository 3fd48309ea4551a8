"""Encoded frames, read by the websockets library."""

import json

import pytest
from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, Protocol

from strava_live.hub.frames import FRAME_TEXT_LIMIT, Frame, pack


def read(wire: bytes) -> str:
    client = Protocol(CLIENT, state=OPEN, max_size=None)
    client.receive_data(wire)
    (frame,) = client.events_received()
    assert (frame.opcode, frame.fin) == (Opcode.TEXT, True)  # type: ignore[union-attr]
    return frame.data.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 300_000])
def test_frame_of_any_size_is_read(size: int) -> None:
    text = "é" * (size // 2) + "x" * (size % 2)
    assert len(text.encode()) == size
    assert read(Frame(text).encoded) == text


def test_one_message_is_an_object_and_several_are_an_array_in_order() -> None:
    messages = [json.dumps({"type": "n", "number": number}) for number in range(3)]
    assert pack([]) == []
    assert [frame.text for frame in pack(messages[:1])] == messages[:1]
    (frame,) = pack(messages)
    assert [message["number"] for message in json.loads(frame.text)] == [0, 1, 2]


def test_long_messages_are_packed_into_several_frames() -> None:
    messages = [json.dumps({"number": number, "text": "x" * 10_000}) for number in range(40)]
    messages.append(json.dumps({"number": 40, "text": "x" * 2 * FRAME_TEXT_LIMIT}))
    frames = [json.loads(frame.text) for frame in pack(messages)]
    assert len(frames) == 5
    unpacked = [message for frame in frames for message in (frame if isinstance(frame, list) else [frame])]
    assert [message["number"] for message in unpacked] == list(range(41))


@pytest.mark.parametrize("size", [1, 120, 125, 126, 65_533, 65_536, 100_000])
def test_frame_of_bytes_equals_frame_of_text(size: int) -> None:
    text = "x" * size + "\N{RUNNER}"
    frame = Frame(text.encode())
    assert frame.encoded == Frame(text).encoded
    assert frame.text == text

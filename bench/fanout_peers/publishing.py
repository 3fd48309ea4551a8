"""What all publishers share: 400-byte entries, each with the time just before it is sent."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.fanout_peers.publisher import ENTRY_BYTES

TOPIC = "feed"


def entry(number: int, seq: int | None = None) -> dict[str, Any]:
    """Return a message with an entry, of exactly ENTRY_BYTES."""
    seq = number if seq is None else seq
    fields = {
        "id": seq,
        "seq": seq,
        "kind": "parkrun",
        "at": "2026-11-21T09:31:02+00:00",
        "athlete": {"id": 17, "name": "Alva B."},
        "text": "",
        "data": {"event": "bushy", "event_name": "Bushy Park", "date": "2026-11-21", "time_s": 1471, "count": 50},
        "cheers": 0,
    }
    message = {"type": "entry.added", "entry": fields, "n": number, "sent": time.monotonic_ns()}
    fields["text"] = "x" * (ENTRY_BYTES - len(compact(message)))
    return message


def compact(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


def publish_on_command(send: Callable[[int], Awaitable[None]]) -> None:
    """Send entries as each line of stdin says: how many, and how many seconds apart."""
    asyncio.run(run_commands(send))


async def run_commands(send: Callable[[int], Awaitable[None]]) -> None:
    number = 0
    print("ready", flush=True)
    for line in sys.stdin:
        count, every_s = line.split()
        began = time.monotonic()
        for turn in range(int(count)):
            await asyncio.sleep(max(0.0, began + turn * float(every_s) - time.monotonic()))
            number += 1
            await send(number)
        print("done", flush=True)

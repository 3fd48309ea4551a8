"""Attacks on WebSockets: invalid frames, and a thousand imports that are cancelled as soon as they have started."""

import asyncio
import time

from bench.attacks.target import Target, must
from tests.live.visitor import Talk, Visitor

MASK = b"\x01\x02\x03\x04"
CYCLES, ATHLETES = 1000, 8
CYCLE_TAKES_S = 0.4
"""The least time for starting and cancelling once. It takes two messages, of which 60 in ten seconds are allowed."""
PATIENCE_S = 10.0


def masked(first: int, payload: bytes) -> bytes:
    """Return a frame with a mask, as clients send it. `first` is its first byte."""
    body = bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))
    return bytes([first, 0x80 | len(payload)]) + MASK + body


# Invalid frames, each with the close code that the server must answer with.
FRAMES = {
    "without a mask": (b"\x81\x02hi", 1002),
    "of a reserved kind": (masked(0x83, b"hi"), 1002),
    "with a reserved bit": (masked(0xC1, b"hi"), 1002),
    "a continuation of nothing": (masked(0x80, b"hi"), 1002),
    "that is no UTF-8": (masked(0x81, b"\xff\xfe"), 1007),
    "of 200 KB": (b"\x81\xff" + (200_000).to_bytes(8, "big") + MASK + bytes(200_000), 1009),
    "of four exabytes": (b"\x81\xff" + (2**62).to_bytes(8, "big") + MASK, 1009),
}


def frames(target: Target) -> str:
    """Send each invalid frame: the socket must be closed with the right code."""
    visitor = target.athlete(activities=1)

    async def attack() -> None:
        for name, (data, code) in FRAMES.items():
            async with visitor.socket() as talk:
                await talk.next()
                talk.connection.transport.write(data)
                closed = await asyncio.wait_for(talk.closed(), PATIENCE_S)
            must(closed == code, f"a frame {name} was closed with {closed} instead of {code}")

    asyncio.run(attack())
    return f"{len(FRAMES)} kinds of frames"


def start_and_cancel(target: Target) -> str:
    """Start and cancel imports as fast as is allowed: each must answer, and none may be left over."""
    visitors = [slow_athlete(target) for _ in range(ATHLETES)]
    worst = asyncio.run(all_cycles(visitors))
    live = target.shell(
        "from strava_live.sync.models import SyncRun as S; print(S.objects.filter(state__in=S.LIVE).count())"
    )
    must(live == "0", f"{live} runs are live after the last was cancelled")
    return f"{CYCLES} cycles, the worst took {worst:.1f} s"


def slow_athlete(target: Target) -> Visitor:
    """Sign in an athlete whose activities take a minute to import."""
    strava_id = target.stand_in.add_athlete(activities=2000)
    target.stand_in.fault("drip", "activities", ms=20, athlete_id=strava_id)
    visitor = Visitor(target.site.url)
    visitor.sign_in_with_strava(target.stand_in, strava_id)
    return visitor


async def all_cycles(visitors: list[Visitor]) -> float:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(cycles(visitor, CYCLES // ATHLETES)) for visitor in visitors]
    return max(task.result() for task in tasks)


async def cycles(visitor: Visitor, count: int) -> float:
    """Start and cancel an import `count` times, and return how long the slowest cycle took."""
    worst, last = 0.0, 0
    async with visitor.socket() as talk:
        await talk.next()
        for _ in range(count):
            began = time.monotonic()
            await talk.say("sync.start")
            last = await answer(talk, "sync.started", after=last)
            await talk.say("sync.cancel")
            await answer(talk, "sync.cancelled", after=last - 1)
            took = time.monotonic() - began
            worst = max(worst, took)
            await asyncio.sleep(max(0.0, CYCLE_TAKES_S - took))
    return worst


async def answer(talk: Talk, kind: str, *, after: int) -> int:
    """Wait for a message of the type `kind` about an import with an id above `after`, and return that id."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await talk.until(kind, "sync.failed", "error")
                must(message["type"] == kind, f"instead of {kind} came {message}")
                if message["run"]["id"] > after:
                    return int(message["run"]["id"])
    except TimeoutError:
        raise AssertionError(f"no {kind} came within {PATIENCE_S:.0f} s") from None

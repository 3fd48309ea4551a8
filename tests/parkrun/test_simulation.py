"""The job that reads which Saturday the stand-in simulates."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from strava_live.parkrun import simulation
from strava_live.parkrun.catalogue import Catalogue
from strava_live.parkrun.simulated import SimulatedSaturday
from strava_live.parkrun.simulation import KEPT, SaturdayReader, recent
from tests.http.servers import answering, response

NOW = timezone.now().replace(second=0, microsecond=0)


def at(event: str, minutes_ago: int = 5) -> SimulatedSaturday:
    return SimulatedSaturday(event, NOW - timedelta(minutes=minutes_ago))


def shape(saturday: SimulatedSaturday) -> dict[str, str]:
    return {"event": saturday.event, "started_at": saturday.started_at.isoformat().replace("+00:00", "Z")}


def answer(*, occasion: SimulatedSaturday | None = None, earlier: list[SimulatedSaturday] | None = None) -> bytes:
    said: dict[str, object] = {"occasion": shape(occasion) | {"ends_at": None} if occasion else None}
    return json.dumps(said | ({} if earlier is None else {"earlier": [shape(one) for one in earlier]})).encode()


class StandInAnswers:
    """A server that gives the answers of a test, and a reader that asks it."""

    def __init__(self) -> None:
        self.now, self.read = b"", SaturdayReader()

    async def write(self, _head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(self.now)

    async def give(self, now: bytes) -> None:
        self.now = now
        await self.read()


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    catalogue = Catalogue()
    monkeypatch.setattr(simulation, "catalogue", catalogue)
    return catalogue


@asynccontextmanager
async def following(settings: Settings) -> AsyncIterator[StandInAnswers]:
    answers = StandInAnswers()
    async with answering(answers.write) as url:
        settings.OCCASION_URL = f"{url}/control/saturday"
        yield answers


async def test_rules_accept_a_simulated_saturday_and_remember_it(rules: Catalogue, settings: Settings) -> None:
    async with following(settings) as stand_in:
        await stand_in.give(response(answer()))
        assert list(rules.current.simulated) == []

        await stand_in.give(response(answer(occasion=at("bushy"))))
        assert list(rules.current.simulated) == [at("bushy")]

        await stand_in.give(response(answer()))
        assert list(rules.current.simulated) == [at("bushy")], "late uploads still count"


async def test_new_process_reads_earlier_saturdays(rules: Catalogue, settings: Settings) -> None:
    async with following(settings) as stand_in:
        await stand_in.give(response(answer(occasion=at("bushy"), earlier=[at("richmond", 90), at("bushy")])))

        assert list(rules.current.simulated) == [at("bushy"), at("richmond", 90)]


@pytest.mark.parametrize(
    "nonsense",
    [
        response(b"", status="404 Not Found"),
        response(b"<html>"),
        response(b"[]"),
        response(b"{}"),
        response(b'{"occasion": {"event": "bushy"}}'),
        response(b'{"occasion": {"event": "bushy", "started_at": 5}}'),
        response(b'{"occasion": {"event": "bushy", "started_at": "0001-01-01T00:00:00+14:00"}}'),
        response(b'{"occasion": null, "earlier": null}'),
        response(b"x" * 200_000),
        b"HTTP/1.1 nonsense\r\n\r\n",
    ],
)
async def test_other_answers_are_ignored(
    rules: Catalogue, settings: Settings, nonsense: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(settings) as stand_in:
        await stand_in.give(response(answer(occasion=at("bushy"))))
        for _ in range(2):
            await stand_in.give(nonsense)
        assert list(rules.current.simulated) == [at("bushy")]

        await stand_in.give(response(answer(occasion=at("richmond"))))
        assert list(rules.current.simulated) == [at("richmond"), at("bushy")]

    assert [record.message for record in caplog.records].count("no answer about a simulated Saturday") == 1


def test_saturdays_are_forgotten_after_two_days() -> None:
    old = SimulatedSaturday("bushy", NOW - KEPT)

    assert recent([at("bushy"), old, at("bushy")], now=NOW) == (at("bushy"),)

"""/ws/sync/ on a running site, against the stand-in."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from simulators.process import StandIn
from tests.live.founding import connected_athlete
from tests.live.visitor import Visitor
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services


async def test_history_is_streamed_while_it_is_stored(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, strava_id = connected_athlete(site, stand_in_process, years=3)

    async with visitor.socket() as talk:
        hello = await talk.next()
        await talk.say("sync.start")
        finished = await talk.until("sync.finished", "sync.failed")

    assert (hello["type"], hello["run"], hello["items"]) == ("hello", None, [])
    truth = stand_in_process.given_ids(strava_id)
    assert set(talk.items()) == truth
    assert finished["run"]["state"] == "finished"
    assert finished["run"]["found"] == len(truth)
    saved = {one for one, item in talk.items().items() if item["state"] == "saved"}
    assert finished["run"]["saved"] == len(saved) > 0
    clear = {label["id"] for label in stand_in_process.labels(strava_id) if label["parkrun"] and label["clear"]}
    assert len(saved & clear) >= 0.95 * len(clear & truth)
    async with visitor.socket("/ws/sync/?after=0") as again:
        replayed = await again.next()
    assert len(replayed["items"]) == min(500, len(truth))
    marks = [message["mark"] for message in talk.heard if "mark" in message]
    assert marks == sorted(marks)


async def test_socket_of_a_foreign_page_is_refused(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, _ = connected_athlete(site, stand_in_process, activities=1)

    for origin in ("http://evil.example", f"{site.url}.evil.example", site.url.replace("http", "https"), "null"):
        with pytest.raises(InvalidStatus):
            async with visitor.socket(Origin=origin):
                pass


async def test_socket_without_session_and_unknown_path_are_closed(site: LiveSite) -> None:
    before = len(site.log.read_text())
    async with Visitor(site.url).socket() as talk:
        assert await talk.closed() == 4401
    async with Visitor(site.url).socket("/ws/nothing/") as talk:
        assert await talk.closed() == 4404
    assert "Traceback" not in site.log.read_text()[before:]


async def test_signing_out_closes_the_socket(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, _ = connected_athlete(site, stand_in_process, activities=1)

    async with visitor.socket() as talk:
        await talk.next()
        await asyncio.to_thread(visitor.post, "/accounts/logout/", "/settings/")
        assert await asyncio.wait_for(talk.closed(), PATIENCE_S) == 4401


async def test_invalid_messages_are_answered(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, _ = connected_athlete(site, stand_in_process, activities=1)

    async with visitor.socket() as talk:
        await talk.next()
        for nonsense in ("", "[]", '{"type":"sync.start","since":"soon"}', '{"type":"activity.save","strava_id":"x"}'):
            await talk.connection.send(nonsense)
        await talk.connection.send(json.dumps({"type": "ping"}))
        answers = [await talk.next() for _ in range(5)]
        assert [(answer["type"], answer.get("code")) for answer in answers] == [
            ("error", "bad_message"),
            ("error", "bad_message"),
            ("error", "bad_dates"),
            ("error", "bad_message"),
            ("pong", None),
        ]


async def test_three_invalid_messages_in_a_row_close_the_socket(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, _ = connected_athlete(site, stand_in_process, activities=1)

    async with visitor.socket() as talk:
        await talk.next()
        for _ in range(3):
            await talk.connection.send("[]")
        assert await asyncio.wait_for(talk.closed(), PATIENCE_S) == 4400


async def test_exceeding_the_rate_limit_closes_the_socket(site: LiveSite, stand_in_process: StandIn) -> None:
    visitor, _ = connected_athlete(site, stand_in_process, activities=1)

    async with visitor.socket() as talk:
        await talk.next()
        for _ in range(200):
            await talk.say("ping")
        assert await asyncio.wait_for(talk.closed(), PATIENCE_S) == 4429
